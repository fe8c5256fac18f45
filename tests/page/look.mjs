// look.mjs - every page in Chromium: valid, accessible, small, without script
//
// URL and IDS come from tests/page/run. With SHOTS a folder, each page is
// photographed at phone and desktop width, light and dark.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { HtmlValidate } from "html-validate";

const { URL, METRICS, IDS, SHOTS, CHROMIUM } = process.env;
const ids = JSON.parse(readFileSync(IDS, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"),
	"utf8");
const validator = new HtmlValidate({ extends: ["html-validate:standard"],
	rules: { "no-trailing-whitespace": "off", "long-title": "off",
		"no-inline-style": "error" } });

const MOST = 30 * 1024;
const widths = { phone: 390, desktop: 1100 };
let wrong = 0;

function complain(page, words) {
	console.log(`${page}: ${words}`);
	wrong++;
}

// Paths that the page has, and words that must be on it, and must not be.
const pages = [
	{ name: "front", path: "", has: "Paste the message" },
	{ name: "front-de", path: "?l=de", has: "Warum" },
	{ name: "pasted", path: `?q=${encodeURIComponent(
		"554 5.7.1 <b@c.example>: Relay access denied")}`,
		has: "what the text you pasted says.*Not delivered from here" },
	{ name: "pasted-nonsense", path: "?q=hello", has: "holds no id" },
	{ name: "reasons", path: "reason/", has: "All reasons" },
	{ name: "reasons-de", path: "reason/?l=de", has: "SPF" },
	{ name: "reason", path: "reason/spf-fail", has: "5.7.23" },
	{ name: "unknown", path: "000000000000", status: 404,
		has: "Nothing is known" },
	{ name: "nowhere", path: "reason/no-such", status: 404,
		has: "no such page" },
	{ name: "observed", path: ids.observed, status: 404,
		has: "Nothing is known" },
	{ name: "relay", path: ids.relay, has: "Not delivered" },
	{ name: "spf", path: ids.spf, has: "the marked part decided" },
	{ name: "spf-de", path: `${ids.spf}?l=de`, has: "SPF" },
	{ name: "dmarc", path: ids.dmarc, has: "Comparison of domains" },
	{ name: "dnsbl", path: ids.dnsbl, has: "check.blocklist.example" },
	{ name: "attachment", path: ids.attachment, has: "invoice.exe" },
	{ name: "unknown-user", path: ids["unknown-user"],
		has: "User unknown in local" },
	{ name: "deferral", path: ids.deferral, has: "tries again by itself" },
	{ name: "deferral-de", path: `${ids.deferral}?l=de`, has: "UTC" },
	{ name: "outgoing", path: ids.outgoing, has: "was sent by|waits at" },
	{ name: "own-list", path: ids["own-list"], has: "no mail is taken" },
	{ name: "several", path: ids.several, has: "2 recipients" },
	{ name: "hostile", path: ids.hostile, has: "alert\\(1\\)" },
];

// What no page may tell: see make_records.py.
const never = /secret|SECRET|10\.9\.8\.7|content_header/;

async function look_at(browser, page) {
	const answer = await fetch(URL + page.path);
	const html = await answer.text();
	const style = await (await fetch(URL + "style.css")).text();

	if (answer.status !== (page.status ?? 200))
		complain(page.name, `status ${answer.status}`);
	if (!new RegExp(page.has, "s").test(html))
		complain(page.name, `does not say "${page.has}"`);
	if (never.test(html))
		complain(page.name, `tells "${never.exec(html)[0]}"`);
	if (html.length + style.length > MOST)
		complain(page.name, `${html.length + style.length} bytes`);
	const report = await validator.validateString(html);
	for (const result of report.results)
		for (const m of result.messages)
			complain(page.name,
				`${m.line}:${m.column}: ${m.message} (${m.ruleId})`);
	for (const [width, pixels] of Object.entries(widths))
		for (const colorScheme of ["light", "dark"])
			await look_closer(browser, page, width, pixels,
				colorScheme);
}

async function look_closer(browser, page, width, pixels, colorScheme) {
	const label = `${page.name}-${width}-${colorScheme}`;
	const context = await browser.newContext({ colorScheme,
		viewport: { width: pixels, height: 900 } });
	const tab = await context.newPage();

	tab.on("dialog", () => complain(label, "a script ran"));
	tab.on("request", r => r.url().startsWith(URL) ||
		complain(label, `asks for ${r.url()}`));
	await tab.goto(URL + page.path);
	const over = await tab.evaluate(() =>
		document.documentElement.scrollWidth - window.innerWidth);
	if (over > 0)
		complain(label, `${over} pixels wider than the window`);
	if (SHOTS)
		await tab.screenshot({ path: `${SHOTS}/${label}.png`,
			fullPage: true });
	await tab.evaluate(axe);
	const found = await tab.evaluate(() => window.axe.run());
	for (const v of found.violations)
		complain(label, `${v.id}: ${v.help}: ${v.nodes[0].html}`);
	await context.close();
}

// An id in a pasted message leads to its page; the box works by keyboard.
async function paste(browser) {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const tab = await context.newPage();

	await tab.goto(URL);
	await tab.fill("textarea",
		`550 5.7.23 https://mx.example.org/why/${ids.spf}\n`);
	await tab.keyboard.press("Tab");
	await tab.keyboard.press("Enter");
	await tab.waitForURL(`**/why/${ids.spf}`);
	await context.close();
}

async function metrics() {
	const answer = await fetch(METRICS);
	const text = await answer.text();

	if (answer.status !== 200 || !text.endsWith("# EOF\n"))
		complain("metrics", `status ${answer.status}`);
	if (!/^saywhy_sessions_total \d+$/m.test(text))
		complain("metrics", "no count of sessions");
	if ((await fetch(URL.replace("/why/", "/metrics"))).status !== 404)
		complain("metrics", "on the public side");
}

const browser = await chromium.launch({ executablePath: CHROMIUM,
	args: ["--no-sandbox", "--disable-gpu"] });
for (const page of pages)
	await look_at(browser, page);
await paste(browser);
await metrics();
await browser.close();
console.log(`${pages.length} pages looked at, ${wrong} complaints`);
process.exit(wrong > 0 ? 1 : 0);
