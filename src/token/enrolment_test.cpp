#include "token/enrolment.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "token/base45.hpp"

namespace token {
namespace {

Enrolment example() {
  return {
      {"https://192.168.1.10:8443", "https://shouwang.example.cn"}, 4'503'599'627'370'497, {1, 2, 3, 255}};
}

std::string code_of(std::string_view text) {
  const auto result = decode_enrolment(text);
  return result ? "ok" : result.error().code;
}

TEST(enrolment, says_what_it_was_given) {
  const auto text = encode_enrolment(example());
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->starts_with("SWE1:"));
  const auto read = decode_enrolment(*text);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, example());
}

TEST(enrolment, refuses_addresses_and_ids_out_of_range) {
  const auto refused = [](auto change) {
    Enrolment enrolment = example();
    change(enrolment);
    const auto text = encode_enrolment(enrolment);
    return !text && text.error().code == "enrolment_range";
  };
  EXPECT_TRUE(refused([](Enrolment& e) { e.server_urls.clear(); }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.server_urls.assign(5, "https://a"); }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.server_urls[0] = "javascript:alert(1)"; }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.server_urls[0] = "https://"; }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.server_urls[0] = "https://a b"; }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.server_urls[0] = "https://" + std::string(120, 'a'); }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.enrolment_id = 0; }));
  EXPECT_TRUE(refused([](Enrolment& e) { e.enrolment_id = std::int64_t{1} << 53; }));
}

TEST(enrolment, tells_other_texts_apart) {
  EXPECT_EQ(code_of(""), "not_an_enrolment");
  EXPECT_EQ(code_of("SW1:BB8"), "not_an_enrolment");
  EXPECT_EQ(code_of("https://example.cn"), "not_an_enrolment");
  EXPECT_EQ(code_of("SWE2:BB8"), "other_version");
  EXPECT_EQ(code_of("SWE1:"), "malformed");
  EXPECT_EQ(code_of("SWE1:bb8"), "malformed");
}

TEST(enrolment, never_crashes_and_accepts_one_encoding_only) {
  const std::string text = *encode_enrolment(example());
  EXPECT_TRUE(rc::check([&] {
    Bytes bytes = *base45_decode(std::string_view(text).substr(5));
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::arbitrary<std::uint8_t>();
    if (*rc::gen::arbitrary<bool>()) bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
    const std::string mutated = "SWE1:" + base45_encode(bytes);
    const auto read = decode_enrolment(mutated);
    if (read) RC_ASSERT(*encode_enrolment(*read) == mutated);
  }));
}

}  // namespace
}  // namespace token
