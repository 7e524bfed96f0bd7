/^X-To: (.*)$/ REJECT no
/^X-Spam: yes/ DISCARD
