/* counter_script - the questions to a Valkey or Redis server */

#include "counters/counter_script.h"

#include <stdio.h>
#include <string.h>

#include "base/siphash.h"

/*
 * A key that counts is a hash of steps, one that is met a hash of "first" and
 * "note"; see counter_table.c for the same in C. 52 bits of ms fit a number,
 * but the server would write one as a fraction first, which takes it longer
 * than all the rest; so they are given as text. The time that a key lives is
 * set with the first count of a step: it covers the step, too. Steps further
 * ahead than a window are of a clock that was set back since, or of a window
 * that the admin has changed: what they hold is counted now. What a count
 * decides about the questions before it waits in `before`: to be added to as
 * well, or (a key alone) to be taken back.
 */
const char counter_script[] =
    "local call, fmt = redis.call, string.format\n"
    "local t = call('TIME')\n"
    "local now = t[1] * 1000 + (t[2] - t[2] % 1000) / 1000\n"
    "local out, adds, fits = {}, {}, true\n"
    "local none = {}\n"
    "local before, skip, usual, span = none, false, 0, 1\n"
    "local function remember(entry)\n"
    "  if before == none then before = {} end\n"
    "  before[#before + 1] = entry\n"
    "end\n"
    "local function add(k, step, amount, life)\n"
    "  call('HINCRBY', k, step, amount)\n"
    "  if life then call('PEXPIRE', k, life) end\n"
    "end\n"
    "local function settle(before, added)\n"
    "  for _, b in ipairs(before) do\n"
    "    if added and b[2] then add(b[1], b[2], b[3], b[4]) end\n"
    "    if not added and not b[2] then call('DEL', b[1]) end\n"
    "  end\n"
    "end\n"
    "for i = 1, #KEYS do\n"
    "  local k, j = KEYS[i], i * 5\n"
    "  local verb, window = tonumber(ARGV[j - 4]), tonumber(ARGV[j - 3])\n"
    "  local effect = tonumber(ARGV[j])\n"
    "  local n, since, room = 0, 0, 0\n"
    "  if skip and effect == 0 then\n"
    "    verb = nil\n"
    "  elseif verb < 3 then\n"
    "    local limit, amount = tonumber(ARGV[j - 2]), tonumber(ARGV[j - 1])\n"
    "    limit = math.max(limit, math.floor(usual * window / span))\n"
    "    local width = math.ceil(window / 15)\n"
    "    local step = (now - now % width) / width\n"
    "    local h, oldest, newest = call('HGETALL', k), step, 0\n"
    "    local ahead = 0\n"
    "    for f = 1, #h, 2 do\n"
    "      local at = tonumber(h[f])\n"
    "      if at > step + 16 then\n"
    "        ahead = ahead + h[f + 1]\n"
    "        call('HDEL', k, h[f])\n"
    "        h[f], h[f + 1] = step, 0\n"
    "      elseif at > step - 16 then\n"
    "        n = n + h[f + 1]\n"
    "        if at < oldest then oldest = at end\n"
    "        if at > newest then newest = at end\n"
    "      else\n"
    "        call('HDEL', k, h[f])\n"
    "        h[f], h[f + 1] = step, 0\n"
    "      end\n"
    "    end\n"
    "    local life = newest < step and fmt('%d', window + 2 * width)\n"
    "    if ahead > 0 then\n"
    "      call('HINCRBY', k, fmt('%d', step), fmt('%d', ahead))\n"
    "      call('PEXPIRE', k, fmt('%d', window + 2 * width))\n"
    "      h[#h + 1], h[#h + 2] = step, ahead\n"
    "      n, life = n + ahead, false\n"
    "    end\n"
    "    since = oldest * width\n"
    "    if effect == 3 then\n"
    "      usual, span = n * limit, window\n"
    "      remember({ k, fmt('%d', step), ARGV[j - 1], life })\n"
    "    elseif n + amount > limit then\n"
    "      local steps, left = {}, n\n"
    "      for f = 1, #h, 2 do\n"
    "        steps[#steps + 1] = { tonumber(h[f]), h[f + 1] }\n"
    "      end\n"
    "      table.sort(steps, function(a, b) return a[1] < b[1] end)\n"
    "      room = -1\n"
    "      for _, s in ipairs(steps) do\n"
    "        left = left - s[2]\n"
    "        if amount <= limit and left + amount <= limit then\n"
    "          room = (s[1] + 16) * width\n"
    "          break\n"
    "        end\n"
    "      end\n"
    "    end\n"
    "    if verb == 2 or (verb == 0 and #KEYS == 1 and room == 0) then\n"
    "      add(k, fmt('%d', step), ARGV[j - 1], life)\n"
    "      if room == 0 then settle(before, true) end\n"
    "      n = n + amount\n"
    "    elseif verb == 0 then\n"
    "      fits = fits and room == 0\n"
    "      adds[#adds + 1] = { i, k, fmt('%d', step), ARGV[j - 1], life,\n"
    "          before }\n"
    "    end\n"
    "  elseif verb == 6 then\n"
    "    call('DEL', k)\n"
    "  else\n"
    "    local h = call('HMGET', k, 'first', 'note')\n"
    "    since, n = tonumber(h[1] or 0), tonumber(h[2] or 0)\n"
    "    if since > now then\n"
    "      since = now\n"
    "      call('HSET', k, 'first', fmt('%d', now))\n"
    "    end\n"
    "    if since == 0 and verb ~= 4 then\n"
    "      call('HSET', k, 'first', fmt('%d', now))\n"
    "      since, room = now, 1\n"
    "    end\n"
    "    if verb == 5 then\n"
    "      call('HSET', k, 'note', ARGV[j - 1])\n"
    "      n = tonumber(ARGV[j - 1])\n"
    "    end\n"
    "    if since ~= 0 then call('PEXPIRE', k, ARGV[j - 3]) end\n"
    "    local new = since == 0 or room == 1\n"
    "    if effect == 1 and verb == 3 then remember({ k }) end\n"
    "    if effect == 1 then skip = skip or not new end\n"
    "    if effect == 2 then skip = skip or new end\n"
    "  end\n"
    "  if effect == 0 then before, skip, usual = none, false, 0 end\n"
    "  out[i * 3 - 2], out[i * 3 - 1], out[i * 3] = n, since, room\n"
    "end\n"
    "for _, a in ipairs(adds) do\n"
    "  if fits then\n"
    "    add(a[2], a[3], a[4], a[5])\n"
    "    out[a[1] * 3 - 2] = out[a[1] * 3 - 2] + a[4]\n"
    "  end\n"
    "  settle(a[6], fits)\n"
    "end\n"
    "out[#out + 1] = now\n"
    "return out\n";

static void
put_word(struct counter_command *cmd, const char *word)
{
	cmd->argv[cmd->argc] = word;
	cmd->lengths[cmd->argc] = strlen(word);
	cmd->argc++;
}

void
counter_command_make(struct counter_command *cmd, const char *sha,
    const struct counter_question *questions, const size_t *of, size_t n)
{
	const struct counter_question *q;
	size_t i, j;

	cmd->argc = 0;
	snprintf(cmd->nkeys, sizeof cmd->nkeys, "%zu", n);
	put_word(cmd, "EVALSHA");
	put_word(cmd, sha);
	put_word(cmd, cmd->nkeys);
	for (i = 0; i < n; i++) {
		snprintf(cmd->keys[i], sizeof cmd->keys[i],
		    "{saywhy}:%016llx%016llx",
		    (unsigned long long)questions[of[i]].key.v[0],
		    (unsigned long long)questions[of[i]].key.v[1]);
		put_word(cmd, cmd->keys[i]);
	}
	for (i = 0; i < n; i++) {
		q = &questions[of[i]];
		const long long numbers[COUNTER_NUMBERS] = { q->verb,
			q->window, q->limit, q->amount, q->effect };

		for (j = 0; j < COUNTER_NUMBERS; j++) {
			snprintf(cmd->numbers[i][j],
			    sizeof cmd->numbers[i][j], "%lld", numbers[j]);
			put_word(cmd, cmd->numbers[i][j]);
		}
	}
}

static size_t
server_of(const struct counter_key *key, size_t n)
{
	uint64_t seed[2] = { 0, 0x72656e64657a76ull }, score, best = 0;
	size_t i, server = 0;

	for (i = 0; n > 1 && i < n; i++) {
		seed[0] = i;
		score = siphash(seed, key->v, sizeof key->v);
		if (i == 0 || score > best) {
			best = score;
			server = i;
		}
	}
	return server;
}

void
counter_servers_of(const struct counter_question *q, size_t nq, size_t n,
    size_t *server)
{
	size_t i;

	for (i = nq; i-- > 0;)
		if (i + 1 < nq && q[i].effect != COUNTER_ALONE &&
		    q[i].effect != COUNTER_STOPS)
			server[i] = server[i + 1];
		else
			server[i] = server_of(&q[i].key, n);
}
