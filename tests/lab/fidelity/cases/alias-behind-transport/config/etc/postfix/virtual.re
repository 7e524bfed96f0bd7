/^x\+(.*)\+(.*)@.*$/ ${1}@${2}
/^info@.*virtual\.example$/ alice@example.com
/^(.*)@alias\.example$/ $1@forward.example
