#!/bin/sh
set -e
: "${RELAY_HOST:=mail.example.com}"
postconf -e "myhostname = ${RELAY_HOST}" \
  'mynetworks = 0.0.0.0/0'
if [ -f /certs/tls.pem ]; then
  postconf -e smtpd_tls_cert_file=/certs/tls.pem
fi
postconf -M submission/inet="submission inet n - n - - smtpd"
postconf -P submission/inet/mynetworks=127.0.0.0/8
exec postfix start-fg
