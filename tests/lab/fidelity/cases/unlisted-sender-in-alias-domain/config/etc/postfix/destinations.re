/^dept\.example\.com$/ yes
/^mail\.example\.com$/ yes
