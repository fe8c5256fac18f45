/*
 * spf_libspf2 - the second engine; the only includer of <spf2/spf.h>
 *
 * libspf2 1.2.10 queries through our resolver, which withholds three things
 * from it: exp= (CVE-2023-42118: such a text can end the process), records with
 * more macros than an honest one has, and lookups past the limits of RFC 7208
 * section 4.6.4, of which it knows some only.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <stdio.h>

#include <spf2/spf.h>
#include <spf2/spf_dns.h>
#include <spf2/spf_dns_rr.h>
#include <spf2/spf_request.h>
#include <spf2/spf_response.h>
#include <spf2/spf_server.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/spf.h"
#include "auth/spf_engine.h"
#include "base/buf.h"
#include "base/library.h"
#include "base/mem.h"
#include "dns/dns.h"

#define VOIDS_MAX 2
/* 10 terms, each with 10 exchangers or names, and the records themselves. */
#define QUESTIONS_MAX 111
#define MACROS_MAX 32
#define RECORD_MAX 2048

#define FUNCTIONS(F) \
	F(SPF_dns_rr_buf_realloc) F(SPF_dns_rr_new_init) F(SPF_request_free) \
	F(SPF_request_new) F(SPF_request_query_mailfrom) \
	F(SPF_request_set_env_from) F(SPF_request_set_helo_dom) \
	F(SPF_request_set_ipv4) F(SPF_request_set_ipv6) F(SPF_response_free) \
	F(SPF_response_result) F(SPF_server_free) F(SPF_server_new_dns) \
	F(SPF_server_set_explanation) F(SPF_server_set_rec_dom) \
	F(SPF_strerror)

LIBRARY_OF(FUNCTIONS, SAYWHY_LIBSPF2, "there is no second engine for SPF")

bool
spf_libspf2_there(void)
{
	return is_there();
}

/* One query; `hook` of the DNS layer. */
struct record_source {
	const struct spf_query *q;
	struct spf *out;
	const char *limit;	/* which one was passed, or NULL */
	const char *failure;
	unsigned questions;
};

static bool
type_of(ns_type wire, enum dns_type *type)
{
	static const struct {
		ns_type wire;
		enum dns_type type;
	} types[] = { { ns_t_a, DNS_A }, { ns_t_aaaa, DNS_AAAA },
		{ ns_t_mx, DNS_MX }, { ns_t_txt, DNS_TXT },
		{ ns_t_ptr, DNS_PTR } };
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].wire == wire) {
			*type = types[i].type;
			return true;
		}
	return false;
}

static bool
is_record(const char *text)
{
	return strncasecmp(text, "v=spf1", 6) == 0 &&
	    (text[6] == ' ' || text[6] == '\0');
}

static size_t
macros_in(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '%';
	return n;
}

/* Without its exp=, if it is a record. */
static void
put_tamed(struct buf *out, const char *text)
{
	size_t n;

	while (*text != '\0') {
		n = strcspn(text, " ");
		if (strncasecmp(text, "exp=", 4) != 0)
			buf_put(out, text, n);
		text += n;
		for (; *text == ' '; text++)
			buf_putc(out, ' ');
	}
}

static void
put_bytes(SPF_dns_rr_t *rr, const void *bytes, size_t n)
{
	int i = rr->num_rr;

	if (lib.SPF_dns_rr_buf_realloc(rr, i, n + 1) != SPF_E_SUCCESS)
		mem_gone();
	memcpy(rr->rr[i], bytes, n);
	((char *)rr->rr[i])[n] = '\0';
	rr->num_rr++;
}

static void
put_text(struct record_source *a, SPF_dns_rr_t *rr,
    const struct dns_record *record)
{
	struct buf tamed = BUF_INIT;

	if (strlen(record->text) != record->n ||
	    record->n > RECORD_MAX || macros_in(record->text) > MACROS_MAX) {
		a->limit = "it is no plain record";
		return;
	}
	if (is_record(record->text) && a->out->record == NULL)
		a->out->record = mem_dup(record->text);
	if (is_record(record->text))
		put_tamed(&tamed, record->text);
	else
		buf_puts(&tamed, record->text);
	put_bytes(rr, tamed.data, tamed.len);
	buf_free(&tamed);
}

static void
put_record(struct record_source *a, SPF_dns_rr_t *rr, enum dns_type type,
    const struct dns_record *record)
{
	switch (type) {
	case DNS_A:
		put_bytes(rr, record->ip.b + 12, 4);
		break;
	case DNS_AAAA:
		put_bytes(rr, record->ip.b, 16);
		break;
	case DNS_TXT:
		put_text(a, rr, record);
		break;
	case DNS_MX:
	case DNS_PTR:
	case DNS_CNAME:
		put_bytes(rr, record->text, record->n);
		break;
	}
}

static SPF_dns_rr_t *
empty(SPF_dns_server_t *server, const char *domain, ns_type wire, int errmsg)
{
	SPF_dns_rr_t *rr = lib.SPF_dns_rr_new_init(server, domain, wire, 0,
	    errmsg);

	if (rr == NULL)
		mem_gone();
	return rr;
}

static SPF_dns_rr_t *
answered(struct record_source *a, SPF_dns_server_t *server, const char *domain,
    ns_type wire, enum dns_type type, const struct dns_answer *answer)
{
	SPF_dns_rr_t *rr;
	size_t i;

	switch (answer->status) {
	case DNS_NONE:
		if (type != DNS_TXT && !answer->unasked &&
		    ++a->out->voids > VOIDS_MAX)
			a->limit = "too many names without an answer";
		return empty(server, domain, wire, answer->no_name ?
		    HOST_NOT_FOUND : NO_DATA);
	case DNS_TEMPFAIL:
		a->failure = answer->failure;
		return empty(server, domain, wire, TRY_AGAIN);
	case DNS_FOUND:
		break;
	}
	rr = empty(server, domain, wire, NETDB_SUCCESS);
	for (i = 0; i < answer->n; i++)
		put_record(a, rr, type, &answer->v[i]);
	return rr;
}

static SPF_dns_rr_t *
lookup(SPF_dns_server_t *server, const char *domain, ns_type wire, int cache)
{
	struct record_source *a = server->hook;
	const struct dns_answer *answer;
	enum dns_type type;
	SPF_dns_rr_t *rr;

	(void)cache;
	if (!type_of(wire, &type))
		return empty(server, domain, wire, NO_DATA);
	if (++a->questions > QUESTIONS_MAX)
		a->limit = "it takes too many DNS lookups";
	if (a->limit != NULL)
		return empty(server, domain, wire, TRY_AGAIN);
	answer = dns_lookup(type, domain, a->q->deadline);
	rr = answered(a, server, domain, wire, type, answer);
	dns_drop(answer);
	return rr;
}

static enum spf_result
result_of(SPF_result_t result)
{
	switch (result) {
	case SPF_RESULT_NEUTRAL:
		return SPF_NEUTRAL;
	case SPF_RESULT_PASS:
		return SPF_PASS;
	case SPF_RESULT_FAIL:
		return SPF_FAIL;
	case SPF_RESULT_SOFTFAIL:
		return SPF_SOFTFAIL;
	case SPF_RESULT_NONE:
		return SPF_NONE;
	case SPF_RESULT_TEMPERROR:
		return SPF_TEMPERROR;
	case SPF_RESULT_PERMERROR:
	case SPF_RESULT_INVALID:
		break;
	}
	return SPF_PERMERROR;
}

/* A failed lookup of the record itself leaves no result, but an error only. */
static void
conclude(struct record_source *a, SPF_errcode_t err, SPF_response_t *response)
{
	struct spf *out = a->out;

	if (a->limit != NULL)
		out->result = SPF_PERMERROR;
	else if (err == SPF_E_DNS_ERROR || a->failure != NULL)
		out->result = SPF_TEMPERROR;
	else if (err == SPF_E_NOT_SPF)	/* or one that it cannot read */
		out->result = out->record != NULL ? SPF_PERMERROR : SPF_NONE;
	else
		out->result = response != NULL ?
		    result_of(lib.SPF_response_result(response)) :
		    SPF_PERMERROR;
	out->lookups = a->questions > 0 ? a->questions - 1 : 0;
	if (out->result == SPF_TEMPERROR)
		out->detail = mem_dup(a->failure != NULL ? a->failure :
		    "a lookup failed");
	else if (out->result == SPF_PERMERROR)
		out->detail = mem_dup(a->limit != NULL ? a->limit :
		    lib.SPF_strerror(err));
}

static void
set_client(SPF_request_t *request, const struct spf_query *q)
{
	struct in_addr v4;
	struct in6_addr v6;

	memcpy(&v4, q->client.b + 12, sizeof v4);
	memcpy(&v6, q->client.b, sizeof v6);
	if (ip_is_v4(&q->client))
		lib.SPF_request_set_ipv4(request, v4);
	else
		lib.SPF_request_set_ipv6(request, v6);
}

void
spf_libspf2(const struct spf_query *q, struct spf *out)
{
	struct record_source a = { .q = q, .out = out };
	SPF_dns_server_t dns = { .lookup = lookup, .name = "saywhy",
		.hook = &a };
	SPF_server_t *server = lib.SPF_server_new_dns(&dns, 0);
	SPF_request_t *request = server != NULL ? lib.SPF_request_new(server) :
	    NULL;
	SPF_response_t *response = NULL, *unused = NULL;
	const char *local = q->local != NULL && *q->local != '\0' ?
	    q->local : "postmaster";
	struct buf sender = BUF_INIT;
	SPF_errcode_t err;

	if (request == NULL)
		mem_gone();
	lib.SPF_server_set_explanation(server, "refused", &unused);
	lib.SPF_server_set_rec_dom(server, q->receiver);
	set_client(request, q);
	lib.SPF_request_set_helo_dom(request, q->helo != NULL ? q->helo :
	    "unknown");
	buf_printf(&sender, "%s@%s", local, q->domain);
	lib.SPF_request_set_env_from(request, sender.data);
	err = lib.SPF_request_query_mailfrom(request, &response);
	conclude(&a, err, response);
	if (response != NULL)
		lib.SPF_response_free(response);
	if (unused != NULL)
		lib.SPF_response_free(unused);
	lib.SPF_request_free(request);
	lib.SPF_server_free(server);
	buf_free(&sender);
}
