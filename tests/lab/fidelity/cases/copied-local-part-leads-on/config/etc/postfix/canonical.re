/^(.*)\.via@example\.com$/ $1@example.net
/^(.*)@corp\.example$/ $1@example.com
