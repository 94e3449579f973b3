#include "token/pass.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "token/base45.hpp"

namespace token {
namespace {

constexpr std::int64_t id_max = (std::int64_t{1} << 53) - 1;
const base::Instant now = *base::parse_iso("2020-02-11T02:00:00.000Z");

SignKey key(std::uint8_t seed, Bytes kid) { return {std::move(kid), {seed}}; }
const SignKey key_a = key(1, {0x0A});
const SignKey key_b = key(2, {0x0B, 0xBB});

Claims example() {
  return {1001, 2002, 3, PassClass::household, 1, *base::parse_day("2020-02-10"), now.ms / 1000 + 86'400};
}

std::vector<VerifyKey> known_keys() { return {verify_key(key_a), verify_key(key_b)}; }

std::string code_of(const base::Result<Claims>& result) { return result ? "ok" : result.error().code; }
std::string check(std::string_view text) { return code_of(verify(text, known_keys(), now)); }

rc::Gen<std::int64_t> any_id(std::int64_t low) {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 54), rc::gen::inRange<std::int64_t>(0, id_max + 1)),
                      [low](auto pair) { return std::max(low, pair.second >> pair.first); });
}

Claims any_claims() {
  return {*any_id(1),
          *any_id(0),
          *any_id(1),
          static_cast<PassClass>(*rc::gen::inRange(1, 7)),
          *rc::gen::inRange<std::uint32_t>(0, 256),
          base::Day{*rc::gen::inRange(0, 65'536)},
          *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 32)};
}

Bytes bytes_of(const std::string& text) { return *base45_decode(std::string_view(text).substr(4)); }
std::string text_of(const Bytes& bytes) { return "SW1:" + base45_encode(bytes); }

TEST(pass, says_what_was_signed) {
  EXPECT_TRUE(rc::check([] {
    const Claims claims = any_claims();
    const auto text = sign(claims, key_a);
    RC_ASSERT(text.has_value());
    const auto read = open(*text, known_keys());
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == claims);
    RC_ASSERT(bytes_of(*text).size() <= token_size_max);
    RC_ASSERT(text->size() <= 178u);  // QR 7-M, alphanumeric
  }));
}

TEST(pass, of_the_largest_ids_is_116_bytes) {
  Claims claims{id_max, id_max, id_max, PassClass::worker, 255, base::Day{65'535}, 0xFFFF'FFFF};
  EXPECT_EQ(bytes_of(*sign(claims, key_a)).size(), token_size_max);
  claims.generation = 256;
  EXPECT_EQ(sign(claims, key_a).error().code, "pass_too_long");
  EXPECT_EQ(sign({id_max >> 5, 1, 1, PassClass::worker, 65'535, base::Day{65'535}, 0xFFFF'FFFF}, key_b)
                .map([](const std::string& text) { return bytes_of(text).size(); })
                .value_or(0),
            115u);
}

TEST(pass, refuses_to_sign_claims_out_of_range) {
  const auto code = [](auto change) {
    Claims claims = example();
    change(claims);
    const auto text = sign(claims, key_a);
    return text ? std::string("ok") : text.error().code;
  };
  EXPECT_EQ(code([](Claims&) {}), "ok");
  EXPECT_EQ(code([](Claims& c) { c.household_id = 0; }), "ok");
  EXPECT_EQ(code([](Claims& c) { c.pass_id = 0; }), "pass_claims_range");
  EXPECT_EQ(code([](Claims& c) { c.pass_id = id_max + 1; }), "pass_claims_range");
  EXPECT_EQ(code([](Claims& c) { c.household_id = -1; }), "pass_claims_range");
  EXPECT_EQ(code([](Claims& c) { c.compound_id = 0; }), "pass_claims_range");
  EXPECT_EQ(code([](Claims& c) { c.pass_class = static_cast<PassClass>(7); }), "pass_claims_range");
  EXPECT_EQ(code([](Claims& c) { c.issued = base::Day{-1}; }), "pass_claims_range");
  EXPECT_EQ(code([](Claims& c) { c.expires_s = std::int64_t{1} << 32; }), "pass_claims_range");
  EXPECT_EQ(sign(example(), key(1, {})).error().code, "pass_kid_range");
  EXPECT_EQ(sign(example(), key(1, Bytes(9))).error().code, "pass_kid_range");
}

TEST(pass, is_checked_with_the_keys_known) {
  EXPECT_EQ(check(*sign(example(), key_a)), "ok");
  EXPECT_EQ(check(*sign(example(), key_b)), "ok");
  EXPECT_EQ(check(*sign(example(), key(1, {0x0C}))), "unknown_key");
  EXPECT_EQ(check(*sign(example(), key(9, {0x0A}))), "bad_signature");
  // Two installations may have given the same kid: each such key is tried.
  const std::vector<VerifyKey> both{verify_key(key(9, {0x0A})), verify_key(key_a)};
  EXPECT_EQ(code_of(verify(*sign(example(), key_a), both, now)), "ok");
  EXPECT_EQ(code_of(verify(*sign(example(), key_a), {}, now)), "unknown_key");
}

// practice.md 1: an expired card still says whose it is, so that its holder can come home.
TEST(pass, expires_to_the_second_and_can_still_be_read) {
  const Claims claims = example();
  const std::string text = *sign(claims, key_a);
  const base::Instant end{claims.expires_s * base::second_ms};
  EXPECT_EQ(code_of(verify(text, known_keys(), end + -1)), "ok");
  EXPECT_EQ(code_of(verify(text, known_keys(), end)), "expired");
  EXPECT_EQ(open(text, known_keys()).value(), claims);
}

TEST(pass, differs_from_other_texts) {
  for (const char* other : {"", "SW", "SW:", "sw1:ABC", "HC1:6BF", "SWE1:BB8", "https://example.cn/p/1",
                            "SW1", "SW 1:", "SW1234:", "SWX:", "6901234567892"}) {
    EXPECT_EQ(check(other), "not_a_pass") << other;
  }
  for (const char* other : {"SW2:BB8", "SW10:", "SW01:BB8"})
    EXPECT_EQ(check(other), "other_version") << other;
}

TEST(pass, cut_off_anywhere_is_malformed) {
  const std::string text = *sign(example(), key_a);
  for (std::size_t size = 4; size < text.size(); ++size) EXPECT_EQ(check(text.substr(0, size)), "malformed");
  const Bytes bytes = bytes_of(text);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(check(text_of(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)))),
              "malformed");
  }
}

TEST(pass, with_any_byte_changed_is_refused) {
  const Bytes bytes = bytes_of(*sign(example(), key_a));
  const std::set<std::string> refusals{"malformed", "unknown_key", "bad_signature"};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = bytes;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1 << bit));
      EXPECT_TRUE(refusals.contains(check(text_of(changed)))) << at << " " << bit;
    }
  }
}

TEST(pass, survives_any_input) {
  EXPECT_TRUE(rc::check("any text", [](const std::string& text) {
    RC_ASSERT(check(text) != "ok");
    RC_ASSERT(check("SW1:" + text) == "malformed");
  }));
  EXPECT_TRUE(
      rc::check("any bytes", [](const Bytes& bytes) { RC_ASSERT(check(text_of(bytes)) == "malformed"); }));
  EXPECT_TRUE(rc::check("bytes put in, taken out and written over", [] {
    Bytes bytes = bytes_of(*sign(example(), key_a));
    const Bytes original = bytes;
    for (int step = *rc::gen::inRange(1, 6); step > 0; --step) {
      const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, bytes.size()));
      const auto byte = *rc::gen::arbitrary<std::uint8_t>();
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          bytes.insert(bytes.begin() + at, byte);
          break;
        case 1:
          bytes.erase(bytes.begin() + at);
          break;
        default:
          bytes[static_cast<std::size_t>(at)] = byte;
          break;
      }
    }
    RC_PRE(!bytes.empty() && bytes.front() != 0xD2);  // the optional tag changes nothing
    RC_ASSERT((check(text_of(bytes)) == "ok") == (bytes == original));
  }));
}

}  // namespace
}  // namespace token
