/^X-To: (.*)$/ REDIRECT $1
/^X-Spam: yes/ DUNNO
