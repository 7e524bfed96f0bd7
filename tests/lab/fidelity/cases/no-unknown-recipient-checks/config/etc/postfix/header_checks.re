/^X-To: (.*)$/ HOLD
/^X-Spam: yes/ REJECT spam
