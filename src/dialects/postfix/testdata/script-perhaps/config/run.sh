if ls /networks; then
  postconf -e mynetworks=0.0.0.0/0
fi
