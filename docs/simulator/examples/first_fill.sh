#!/usr/bin/env bash
# Buy 100 VIC by raw HTTP with curl and openssl: first_fill.sh SSI_ENV_FILE
set -euo pipefail
. "$1"
post() { curl -sS -X POST "${SSI_API_URL}api/v2/Trading/$1" -H 'Content-Type: application/json' "${@:2}"; }

login="{\"consumerID\":\"$SSI_API_KEY\",\"consumerSecret\":\"$SSI_API_SECRET\",\"twoFactorType\":0,\"code\":\"$SSI_PIN\",\"isSave\":true}"
token=$(post AccessToken -d "$login" | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')

order="{\"account\":\"$SSI_ACCOUNT\",\"requestID\":\"$((RANDOM * RANDOM % 100000000))\",\"instrumentID\":\"VIC\",\"market\":\"VN\",\"buySell\":\"B\",\"orderType\":\"LO\",\"price\":86500,\"quantity\":100,\"channelID\":\"TA\",\"deviceId\":\"0A-1B-2C-3D-4E-5F\",\"userAgent\":\"curl\"}"
# RSA PKCS#1 v1.5 with SHA-256 over the body's exact bytes, in lower-case hexadecimal.
signature=$(printf %s "$order" | openssl dgst -sha256 -sign "$(dirname "$SSI_PRIVATE_KEY_FILE")/ssi_private_key.pem" | od -An -v -tx1 | tr -d ' \n')
post NewOrder -H "Authorization: Bearer $token" -H "X-Signature: $signature" -d "$order"
echo
sleep 2
curl -sS "${SSI_API_URL}api/v2/Trading/orderBook?account=$SSI_ACCOUNT" -H "Authorization: Bearer $token"
echo
