/*
 * auth_key.h - a key that signs messages of benchmarks, and nothing else
 */
#ifndef BENCH_AUTH_KEY_H
#define BENCH_AUTH_KEY_H

#define AUTH_KEY \
    "-----BEGIN RSA PRIVATE KEY-----\n" \
    "MIIEpAIBAAKCAQEA5mFAhxNVfJtq59PJn1p2Ir+G3I0lVqEJtBtTFmNzJDZvsWdn\n" \
    "WspvLryWZcnVvKn31SIw5llwjd1wC0qtdEoKo7JMdF8L8hnUVrnJYjUUzeT1yd5I\n" \
    "PjjI7V8wskfLkQj7rXBz2nTwGBR0HEwg1jPnk1+xiPyfgfmRxNeNFF9r9irHzI+o\n" \
    "6Wu7xA59rvnzIp26o+AEbAx+PyDWPVNLFFrYOXbNbJ9elK+mDnrM/iVV6bNMCUev\n" \
    "EgypqKDYduWGTZ3pHfghHHYjVHONa+kgtKdlFKN20lQxiU4/oExD/L6/wxz+2Tw8\n" \
    "mZB1YU1res9DZmReGbXQzeO1DtGCxnMJmpykwwIDAQABAoIBAAVeTx8hVl93eFfG\n" \
    "Sc9SpShtIcriPR8A1Krjl3LmRrNu0056fuA7kbiwlf6cOUSoCfQ8/jpiliqwIMwa\n" \
    "kDfYAS8hrgITiZc5focLgEOvbKMu9S1K5pBl9AStWwNPL1FbY2X+FgJesY5Awm3l\n" \
    "tj7XlHYM3Pm4t/d9kHsvnK7UrxLcOVuVjBnUnT8Cu7vVKuAOPJXXPnJwcwcydB0Y\n" \
    "5dZfU/72x6na9i5usTokeEHABgQ/VJL4lCeRuui+0DdEm/PQQf+GvMw7JYQE6zZK\n" \
    "gysgpKQekyoB1oMxna8xyq8Ds1bW9OhP754dujqs0h3GnCpURrTYPi5uhVn4uDq2\n" \
    "spG34+UCgYEA+SyZzzgMK993gVdzqNqtcjiNFH4ZWHC7KZt35ycaX3Lz2YuG18Vl\n" \
    "N22Ey26RALD37jbJCr1DC5KlAVtHuj+FE/vHNSoevytO4+fgJ8zrunT89FqHoZDP\n" \
    "q8GbU4Fd+7KqtDGtDMAMIH63sjVpu4iMY5wqtw3szAlY8h4IVTicmP0CgYEA7LDZ\n" \
    "4YIX4xnClagzDfr6NJHoXBOSg5lYWftXiCVExLgTtVSShxQ1SLAnh6gP+MF9AoZW\n" \
    "OMybYgzd0BwQllB/2GH2iCfhekKbKo5j+X8UTFC3Txp01RXHxNJm+pKAo+Z9OuFO\n" \
    "b/WtSY706sMGmxIK4FkCJFZSwJh/xHeJatzogL8CgYEAuifKGXgkD7r6C1WMgUAu\n" \
    "iMEbFY5H3T0Ld0BBSh56o4i8CXEmIpnEzq4xodJO3pdYA05G0JEpP8IlKGhLpCfE\n" \
    "gnN+FogLRINUgww++T0td7XjLaNc5SXNIOKZ6r8hueN3iPv77ySjaruA/dDN119i\n" \
    "kyCfAPeUS7NIEkrBqvmKdPkCgYEAgZf3Q/TB9XNGSkDU62OumRgGfFuvDeTpLiNi\n" \
    "8sVNGNSc3dzXeaRD5G+mxSzsycvPEZHSJblJnm7jCC5FmrequCQzIquLVjCf2rYp\n" \
    "4RKGX56WL3aR35XUUlzNS4bpblQl3xY7pyuB3NOsH9n2hPNlBx9U/+ZP2unkkwLM\n" \
    "N7mKh+sCgYAOtTQ7pBXHmMPMhb0UukES9GmdgeomN/LBWF2qFvGutNutrJN0eO1F\n" \
    "woE+r4IfYTGHNDeGBkSzUIF0JMLBtIjadzENMk25cH9cUAQk8JX12RTJQi9qrRCA\n" \
    "wstdneyoFiorkhEWx6yM/ypFNmPbEGkvgh1y/HYtgvEU5Vef6yd99Q==\n" \
    "-----END RSA PRIVATE KEY-----\n"

#define AUTH_RECORD \
    "v=DKIM1; k=rsa; p=" \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5mFAhxNVfJtq59PJn1p2" \
    "Ir+G3I0lVqEJtBtTFmNzJDZvsWdnWspvLryWZcnVvKn31SIw5llwjd1wC0qtdEoK" \
    "o7JMdF8L8hnUVrnJYjUUzeT1yd5IPjjI7V8wskfLkQj7rXBz2nTwGBR0HEwg1jPn" \
    "k1+xiPyfgfmRxNeNFF9r9irHzI+o6Wu7xA59rvnzIp26o+AEbAx+PyDWPVNLFFrY" \
    "OXbNbJ9elK+mDnrM/iVV6bNMCUevEgypqKDYduWGTZ3pHfghHHYjVHONa+kgtKdl" \
    "FKN20lQxiU4/oExD/L6/wxz+2Tw8mZB1YU1res9DZmReGbXQzeO1DtGCxnMJmpyk" \
    "wwIDAQAB"

#endif
