/^boxes\.example$/ yes
/^more\.boxes\.example$/ yes
