/^info@.*virtual\.example$/ alice@example.com
/^x\+(.*)\+(.*)@.*$/ ${1}@${2}
