/*
 * net.h - IP addresses and networks
 *
 * One form for all: 16 bytes, IPv4 kept as IPv4-mapped IPv6 (RFC 4291 section
 * 2.5.5.2), so ::ffff:192.0.2.1 and 192.0.2.1 are equal. Values, no ownership;
 * parsing touches nothing but its result. Text accepted: dotted quad without
 * leading zeros; RFC 4291 forms, with or without the "IPv6:" tag of RFC 5321
 * section 4.1.3. Address literals keep their brackets elsewhere.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct ip {
	uint8_t b[16];
	bool known;	/* false: no address (a UNIX client, or not known) */
};

struct net {
	struct ip ip;		/* bits after the prefix are zero */
	unsigned prefix;	/* 0 to 128, counted in the mapped form */
};

/* Longest text of ip_format() and net_format(), with NUL. */
#define IP_TEXT 46
#define NET_TEXT 50

/* Begins it with http:// or https://, in any case (RFC 9110 section 4.2)? */
bool url_is_http(const char *text);

/* False: not an address. */
bool ip_parse(const char *text, struct ip *ip);

/* An address that is not known equals nothing, not even another such. */
bool ip_equal(const struct ip *a, const struct ip *b);
bool ip_is_v4(const struct ip *ip);
/*
 * Has an interface of this machine this address? Asks the kernel; true, too,
 * where it does not say.
 */
bool ip_is_this_host(const struct ip *ip);

/* An AF_INET or AF_INET6 address; anything else, NULL too: not known. */
struct ip ip_from_sockaddr(const struct sockaddr *sa);

/* "192.0.2.7", "2001:db8::7" (RFC 5952), "unknown". Returns `text`. */
const char *ip_format(const struct ip *ip, char text[IP_TEXT]);

/*
 * "192.0.2.0/24", "2001:db8::/32", or an address alone; the address also in
 * brackets, as "[2001:db8::]/32". False when it is no
 * network, has bits after its prefix, or the prefix is too long; errmsg (may be
 * NULL) then says which.
 */
bool net_parse(const char *text, struct net *net, struct buf *errmsg);

/*
 * The network that "192.0.2", "192.0.2." or "192.0.2.*" of other programs
 * means; false when the text is none of these.
 */
bool net_guess(const char *text, char right[NET_TEXT]);

/*
 * Is an address or network meant, right or wrong? Hexadecimal digits, dots,
 * colons and slashes, and either a colon, a slash or no letter: "bad.cafe" is
 * a name.
 */
bool net_is_meant(const char *text);

/*
 * An IPv4 address is in IPv4 networks only: "::/0" means all of IPv6, though
 * the mapped form lies inside. An address that is not known is in none.
 */
bool net_has(const struct net *net, const struct ip *ip);
const char *net_format(const struct net *net, char text[NET_TEXT]);

/*
 * The text of the network around the address: its first `prefix` bits in the
 * mapped form; or what one operator usually has, a /24 of IPv4, a /64 of IPv6.
 * Returns `text`.
 */
const char *net_around(const struct ip *ip, unsigned prefix,
    char text[NET_TEXT]);
const char *net_of_peer(const struct ip *ip, char text[NET_TEXT]);

/*
 * A set of networks, for lists in the configuration. A search costs one look
 * for each length of prefix that there is, however many networks. Zeroed is
 * empty; built by one thread, then read by any number.
 */
struct netset {
	struct net *v;
	size_t n, cap;
	uint32_t *slots;	/* a network's number + 1, or 0: free */
	size_t nslots;
	uint8_t prefixes[129];	/* that there are, descending */
	size_t nprefixes;
};

void netset_add(struct netset *set, const struct net *net);
/* The narrowest network of the set that holds ip, or NULL. */
const struct net *netset_find(const struct netset *set, const struct ip *ip);
/* The next wider one that holds it; after NULL the narrowest. */
const struct net *netset_next(const struct netset *set, const struct ip *ip,
    const struct net *narrower);
/* This very network of the set, or NULL. */
const struct net *netset_get(const struct netset *set, const struct net *net);
void netset_free(struct netset *set);

#endif
