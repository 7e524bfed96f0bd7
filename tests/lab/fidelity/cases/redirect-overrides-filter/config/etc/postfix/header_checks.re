/^X-To: (.*)$/ REJECT no
/^X-Spam: yes/ FILTER smtp:[smart.example]
