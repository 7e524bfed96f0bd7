/^X-To: (.*)$/ REDIRECT $1@example.com
/^X-Spam: yes/ DISCARD
