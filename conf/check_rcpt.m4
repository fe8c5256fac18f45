dnl check_rcpt.m4 - Sendmail asks saywhy about each recipient, before its own check
dnl
dnl Add this to sendmail.mc, after FEATUREs and before MAILERs, and have in
dnl saywhy.conf
dnl
dnl	policy-service = "unix:/run/saywhy/policy.sock"
dnl
dnl Relay, sender and client refusals then speak in saywhy's words; at RCPT
dnl Sendmail's own would come before those of any filter. One line is all that
dnl fits here. The ruleset returns an error or nothing: what is not found, and a
dnl server that is down (-t), leave the decision to Sendmail's own check. To a
dnl server that hangs Sendmail itself says 451, after the seconds of -d.
dnl
LOCAL_CONFIG
Kcheck_rcpt socket -t -d10 local:/run/saywhy/policy.sock

LOCAL_RULESETS
SLocal_check_rcpt
R$*			$: $1 $| $(check_rcpt $&{client_addr}^$&{client_name}^$&{daemon_port}^$&{auth_authen}^$&s^$&f^$1 $: NOTHING $)
R$* $| NOTHING		$@ $1
R$* $| $+		$#error $: $2
