#include "probe/place.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

mail::IpAddress ip(std::string_view text) { return mail::IpAddress::parse(text).value(); }

struct Case {
  std::string_view source, target;
  Place place;
};

class PlaceOf : public testing::TestWithParam<Case> {};

TEST_P(PlaceOf, TellsWhereWeAre) {
  const std::vector<mail::IpAddress> own = {ip("127.0.0.1"), ip("203.0.113.9"), ip("10.0.0.9")};
  EXPECT_EQ(place_of(ip(GetParam().source), ip(GetParam().target), own), GetParam().place)
      << GetParam().source << " -> " << GetParam().target;
}

INSTANTIATE_TEST_SUITE_P(Places, PlaceOf,
                         testing::Values(Case{"203.0.113.9", "192.0.2.25", Place::stranger},
                                         Case{"127.0.0.1", "127.0.0.1", Place::same_machine},
                                         Case{"127.0.0.1", "127.0.0.2", Place::same_machine},
                                         Case{"::1", "::1", Place::same_machine},
                                         Case{"203.0.113.9", "203.0.113.9", Place::same_machine},
                                         Case{"203.0.113.9", "::ffff:203.0.113.9",
                                              Place::same_machine},
                                         Case{"10.0.0.9", "10.0.0.25", Place::private_network},
                                         Case{"192.168.1.2", "10.0.0.25", Place::private_network},
                                         Case{"fd00::1", "fd00::25", Place::private_network},
                                         Case{"10.0.0.9", "192.0.2.25", Place::stranger}));

TEST(Place, IsInOnePrivateNetworkIfTheServerSeesUsThere) {
  struct Row {
    const char* source;
    const char* seen_as;
    bool same;
  };
  for (const auto& [source, seen_as, same] :
       {Row{"192.168.1.5", "192.168.1.5", true}, Row{"192.168.1.5", "192.168.1.1", true},
        Row{"fd00::5", "fd00::1", true}, Row{"192.168.1.5", "::ffff:192.168.1.1", true},
        Row{"192.168.1.5", "172.22.1.1", false},  // a container's gateway, far away
        Row{"192.168.1.5", "203.0.113.9", false}, Row{"203.0.113.9", "203.0.113.9", false},
        Row{"192.168.1.5", "fd00::1", false}}) {
    EXPECT_EQ(same_private_network(mail::IpAddress::parse(source).value(),
                                   mail::IpAddress::parse(seen_as).value()),
              same)
        << source << " seen as " << seen_as;
  }
}

}  // namespace
}  // namespace relayproof::probe
