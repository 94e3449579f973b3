#include "token/base45.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace token {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST(base45, gives_the_examples_of_rfc_9285) {
  EXPECT_EQ(base45_encode(bytes_of("AB")), "BB8");
  EXPECT_EQ(base45_encode(bytes_of("Hello!!")), "%69 VD92EX0");
  EXPECT_EQ(base45_encode(bytes_of("base-45")), "UJCLQE7W581");
  EXPECT_EQ(base45_decode("QED8WEX0"), bytes_of("ietf!"));
}

TEST(base45, refuses_what_no_bytes_encode_to) {
  EXPECT_FALSE(base45_decode("A"));    // one character says nothing
  EXPECT_FALSE(base45_decode("GGW"));  // 65536
  EXPECT_FALSE(base45_decode(":::"));  // 91124
  EXPECT_FALSE(base45_decode("V5"));   // 256
  EXPECT_FALSE(base45_decode("bb8"));  // lower case
  EXPECT_FALSE(base45_decode("BB8\n"));
  EXPECT_EQ(base45_decode("FGW"), Bytes({0xFF, 0xFF}));
  EXPECT_EQ(base45_decode("U5"), Bytes({0xFF}));
  EXPECT_EQ(base45_decode(""), Bytes{});
}

TEST(base45, decodes_what_it_encoded_and_has_one_encoding_only) {
  EXPECT_TRUE(rc::check([](const Bytes& bytes) { RC_ASSERT(base45_decode(base45_encode(bytes)) == bytes); }));
  EXPECT_TRUE(rc::check([] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("019AFGUVWZ $%*+-./:a\xFF")));
    const auto bytes = base45_decode(text);
    if (bytes) RC_ASSERT(base45_encode(*bytes) == text);
  }));
}

}  // namespace
}  // namespace token
