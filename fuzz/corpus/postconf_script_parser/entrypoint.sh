#!/bin/bash
set -e
NETS=${RELAY_NETS:-"127.0.0.0/8 10.0.0.0/8"}
if [ -n "$RELAYHOST" ]; then postconf -e "relayhost = $RELAYHOST"; else postconf -# relayhost; fi
case "$1" in start|run) postconf -e "mynetworks=$NETS" 'biff = no' \
  $'a_b=\tc' ;; *) exec "$@" ;; esac
for line in `cat x`; do postconf -e "$line"; done
f() { local x=$(( 1 + 2 )); (postconf -Me "smtp/inet=smtp inet n - - - - smtpd"); }; f &
cat <<-'A' >> /etc/postfix/main.cf; cat > /etc/postfix/master.cf <<B
	c_d = $e
	A
smtp inet n - n - - smtpd -o { mynetworks = $NETS }
B
printf '%s = %d\n' x y | tee -a main.cf
sed -i 's/x/y/' /etc/postfix/*.cf && [[ -f a || ( b < c ) ]] && cp main.cf /etc/postfix
