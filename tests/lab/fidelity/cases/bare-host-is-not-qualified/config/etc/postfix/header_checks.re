/^X-To: (.*)$/ DISCARD
/^X-Spam: yes/ DISCARD
