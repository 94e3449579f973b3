// Writes tests/vectors/token.json anew and compares it with the file, which the TypeScript of the
// phone is tested with as well: both must give the same verdict on every text.
// After a deliberate change of the format: SHOUWANG_WRITE_VECTORS=1 test_token
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "token/cbor.hpp"
#include "token/day_word.hpp"
#include "token/enrolment.hpp"
#include "token/pass.hpp"
#include "token/short_code.hpp"

namespace token {
namespace {

constexpr std::int64_t id_max = (std::int64_t{1} << 53) - 1;
const base::Instant now = *base::parse_iso("2020-02-11T02:00:00.000Z");
const SignKey key_a{{0x0A}, {1}};
const SignKey key_b{{0x0B, 0xBB}, {2}};

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Claims example() {
  return {1001, 2002, 3, PassClass::household, 1, *base::parse_day("2020-02-10"), now.ms / 1000 + 86'400};
}

// A pass put together from its parts, right or wrong, and signed like a right one.
struct Parts {
  Bytes header = CborWriter().map(2).integer(1).integer(-8).integer(4).bytes(key_a.kid).data();
  Bytes unprotected = CborWriter().map(0).data();
  Bytes payload = claims(CborWriter().map(5).data());
  Bytes head = CborWriter().array(4).data();
  Bytes tail{};
  std::string_view context = "Signature1";
  std::size_t signature_size = crypto_sign_BYTES;
  std::uint8_t signature_change = 0;

  // The claims of example(), with the parts named left as they are given.
  static Bytes claims(Bytes start, Bytes ids = {0x03, 0xE9, 0x07, 0xD2, 0x00, 0x03}) {
    CborWriter rest;
    rest.integer(4).integer(example().expires_s).integer(-1).bytes(ids).integer(-2).integer(1);
    rest.integer(-3).integer(1).integer(-4).integer(example().issued.number);
    start.insert(start.end(), rest.data().begin(), rest.data().end());
    return start;
  }
};

std::string forge(const std::function<void(Parts&)>& change) {
  Parts parts;
  change(parts);
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
  crypto_sign_seed_keypair(public_key.data(), secret_key.data(), key_a.seed.data());
  CborWriter message;
  message.array(4).text(parts.context).bytes(parts.header).bytes({}).bytes(parts.payload);
  Bytes signature(crypto_sign_BYTES);
  crypto_sign_detached(signature.data(), nullptr, message.data().data(), message.data().size(),
                       secret_key.data());
  signature[10] = static_cast<std::uint8_t>(signature[10] ^ parts.signature_change);
  signature.resize(parts.signature_size);
  Bytes bytes = parts.head;
  const auto append = [&bytes](const Bytes& more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
  append(CborWriter().bytes(parts.header).data());
  append(parts.unprotected);
  append(CborWriter().bytes(parts.payload).data());
  append(CborWriter().bytes(signature).data());
  append(parts.tail);
  return "SW1:" + base45_encode(bytes);
}

struct Case {
  std::string name, text, code;
  base::Instant at = now;
};

std::string signed_text(const std::function<void(Claims&)>& change, const SignKey& key = key_a) {
  Claims claims = example();
  change(claims);
  return sign(claims, key).value();
}

std::vector<Case> good_cases() {
  std::vector<Case> cases{
      {"household pass", signed_text([](Claims&) {}), "ok"},
      {"no household", signed_text([](Claims& c) { c.household_id = 0; }), "ok"},
      {"largest of everything",
       sign({id_max, id_max, id_max, PassClass::worker, 255, base::Day{65'535}, 0xFFFF'FFFF}, key_a).value(),
       "ok"},
      {"smallest of everything", sign({1, 0, 1, PassClass::household, 0, base::Day{0}, 0}, key_a).value(),
       "ok", base::Instant{-1}},
      {"key with a longer kid", signed_text([](Claims&) {}, key_b), "ok"},
      {"second key of the same kid", signed_text([](Claims&) {}, {key_b.kid, {3}}), "ok"},
      {"tagged 18", forge([](Parts& p) {
         p.head = {0xD2, 0x84};
       }),
       "ok"},
      {"last millisecond", signed_text([](Claims&) {}), "ok", base::Instant{example().expires_s * 1000 - 1}},
      {"first second expired", signed_text([](Claims&) {}), "expired",
       base::Instant{example().expires_s * 1000}},
      {"long expired", signed_text([](Claims& c) { c.expires_s = 1; }), "expired"},
  };
  for (int i = 1; i <= 6; ++i) {
    const auto pass_class = static_cast<PassClass>(i);
    cases.push_back({fmt::format("class {}", to_string(pass_class)),
                     signed_text([&](Claims& c) { c.pass_class = pass_class; }), "ok"});
  }
  for (int width = 1; width <= 7; ++width) {
    const std::int64_t largest = width == 7 ? id_max : (std::int64_t{1} << (8 * width)) - 1;
    cases.push_back({fmt::format("ids of {} bytes", width),
                     signed_text([&](Claims& c) { c.household_id = largest; }), "ok"});
  }
  return cases;
}

std::vector<Case> foreign_cases() {
  const std::string text = signed_text([](Claims&) {});
  return {
      {"empty", "", "not_a_pass"},
      {"web address", "https://example.cn/pass/1", "not_a_pass"},
      {"bar code", "6901234567892", "not_a_pass"},
      {"other health certificate", "HC1:" + text.substr(4), "not_a_pass"},
      {"enrolment", "SWE1:" + text.substr(4), "not_a_pass"},
      {"lower case prefix", "sw1:" + text.substr(4), "not_a_pass"},
      {"blank before", " " + text, "not_a_pass"},
      {"no colon", "SW1", "not_a_pass"},
      {"no version", "SW:" + text.substr(4), "not_a_pass"},
      {"version too long", "SW1234:" + text.substr(4), "not_a_pass"},
      {"next version", "SW2:" + text.substr(4), "other_version"},
      {"version of three digits", "SW100:" + text.substr(4), "other_version"},
      {"unknown kid", signed_text([](Claims&) {}, {{0x0C}, {1}}), "unknown_key"},
      {"kid with a byte more", signed_text([](Claims&) {}, {{0x0A, 0x00}, {1}}), "unknown_key"},
      {"signed with another key", signed_text([](Claims&) {}, {{0x0A}, {9}}), "bad_signature"},
      {"signature changed", forge([](Parts& p) { p.signature_change = 1; }), "bad_signature"},
      {"signature for another purpose", forge([](Parts& p) { p.context = "MAC0"; }), "bad_signature"},
      {"bad signature of an expired pass", signed_text([](Claims& c) { c.expires_s = 1; }, {{0x0A}, {9}}),
       "bad_signature"},
  };
}

std::vector<Case> malformed_envelopes() {
  const std::string text = signed_text([](Claims&) {});
  const auto array_of = [](std::size_t count) { return CborWriter().array(count).data(); };
  return {
      {"prefix alone", "SW1:", "malformed"},
      {"one character", "SW1:A", "malformed"},
      {"foreign character", "SW1:" + text.substr(4, 60) + "_" + text.substr(65), "malformed"},
      {"lower case", "SW1:bb8", "malformed"},
      {"group above 65535", "SW1::::" + text.substr(7), "malformed"},
      {"line end", text + "\\n", "malformed"},
      {"cut in the middle", text.substr(0, 100), "malformed"},
      {"cut by one group", text.substr(0, text.size() - 3), "malformed"},
      {"one byte more", forge([](Parts& p) { p.tail = {0x00}; }), "malformed"},
      {"second pass after it", text + text.substr(4), "malformed"},
      {"array of three", forge([&](Parts& p) { p.head = array_of(3); }), "malformed"},
      {"array of five", forge([&](Parts& p) {
         p.head = array_of(5);
         p.tail = {0x00};
       }),
       "malformed"},
      {"array of indefinite length", forge([](Parts& p) {
         p.head = {0x9F};
         p.tail = {0xFF};
       }),
       "malformed"},
      {"array of four in a long head", forge([](Parts& p) {
         p.head = {0x98, 0x04};
       }),
       "malformed"},
      {"array of 2^64-1", forge([](Parts& p) { p.head = {0x9B, 255, 255, 255, 255, 255, 255, 255, 255}; }),
       "malformed"},
      {"map in place of the array", forge([](Parts& p) { p.head = {0xA2}; }), "malformed"},
      {"tagged 17", forge([](Parts& p) {
         p.head = {0xD1, 0x84};
       }),
       "malformed"},
      {"tagged 18 twice", forge([](Parts& p) {
         p.head = {0xD2, 0xD2, 0x84};
       }),
       "malformed"},
      {"tagged 18 in a long head", forge([](Parts& p) {
         p.head = {0xD8, 0x12, 0x84};
       }),
       "malformed"},
      {"tagged 61 as a CWT", forge([](Parts& p) {
         p.head = {0xD8, 0x3D, 0xD2, 0x84};
       }),
       "malformed"},
      {"unprotected kid", forge([](Parts& p) {
         p.unprotected = {0xA1, 0x04, 0x41, 0x0A};
       }),
       "malformed"},
      {"unprotected null", forge([](Parts& p) { p.unprotected = {0xF6}; }), "malformed"},
      {"signature short", forge([](Parts& p) { p.signature_size = 63; }), "malformed"},
      {"signature empty", forge([](Parts& p) { p.signature_size = 0; }), "malformed"},
  };
}

std::vector<Case> malformed_headers() {
  return {
      {"header empty", forge([](Parts& p) { p.header = {}; }), "malformed"},
      {"header without kid", forge([](Parts& p) {
         p.header = {0xA1, 0x01, 0x27};
       }),
       "malformed"},
      {"another algorithm", forge([](Parts& p) { p.header = {0xA2, 0x01, 0x26, 0x04, 0x41, 0x0A}; }),
       "malformed"},
      {"algorithm as text",
       forge([](Parts& p) { p.header = {0xA2, 0x01, 0x65, 'E', 'd', 'D', 'S', 'A', 0x04, 0x41, 0x0A}; }),
       "malformed"},
      {"kid empty", forge([](Parts& p) {
         p.header = {0xA2, 0x01, 0x27, 0x04, 0x40};
       }),
       "malformed"},
      {"kid of nine bytes",
       forge([](Parts& p) { p.header = {0xA2, 0x01, 0x27, 0x04, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 9}; }),
       "malformed"},
      {"kid as a number", forge([](Parts& p) {
         p.header = {0xA2, 0x01, 0x27, 0x04, 0x0A};
       }),
       "malformed"},
      {"header in another order", forge([](Parts& p) { p.header = {0xA2, 0x04, 0x41, 0x0A, 0x01, 0x27}; }),
       "malformed"},
      {"header with a key more",
       forge([](Parts& p) { p.header = {0xA3, 0x01, 0x27, 0x04, 0x41, 0x0A, 0x05, 0x00}; }), "malformed"},
      {"header with the kid twice",
       forge([](Parts& p) { p.header = {0xA3, 0x01, 0x27, 0x04, 0x41, 0x0A, 0x04, 0x41, 0x0A}; }),
       "malformed"},
      {"header with a byte after it", forge([](Parts& p) { p.header.push_back(0); }), "malformed"},
  };
}

// One claim after the other, as (key, encoded value), so that each can be spoilt on its own.
using Pairs = std::vector<std::pair<std::int64_t, Bytes>>;
Bytes integer(std::int64_t value) { return CborWriter().integer(value).data(); }
Bytes byte_string(const Bytes& value) { return CborWriter().bytes(value).data(); }

Pairs example_pairs() {
  return {{4, integer(example().expires_s)},
          {-1, byte_string({0x03, 0xE9, 0x07, 0xD2, 0x00, 0x03})},
          {-2, integer(1)},
          {-3, integer(1)},
          {-4, integer(example().issued.number)}};
}

std::string forge_claims(const std::function<void(Pairs&)>& change) {
  Pairs pairs = example_pairs();
  change(pairs);
  Bytes payload = CborWriter().map(pairs.size()).data();
  for (const auto& [key, value] : pairs) {
    const Bytes name = integer(key);
    payload.insert(payload.end(), name.begin(), name.end());
    payload.insert(payload.end(), value.begin(), value.end());
  }
  return forge([&](Parts& parts) { parts.payload = payload; });
}

Case bad_claim(std::string name, std::size_t at, Bytes value) {
  return {std::move(name), forge_claims([&](Pairs& pairs) { pairs[at].second = value; }), "malformed"};
}

std::vector<Case> claim_cases() {
  enum : std::size_t { expires, ids, pass_class, generation, issued };
  const Bytes two_pow_53{0x20, 0, 0, 0, 0, 0, 0};
  Bytes ids_too_large = two_pow_53;
  ids_too_large.resize(21, 0);
  ids_too_large.back() = 1;
  return {
      {"claims put together one by one", forge_claims([](Pairs&) {}),
       "ok"},  // the others differ in one point
      {"payload empty", forge([](Parts& p) { p.payload = {}; }), "malformed"},
      {"payload an array", forge([](Parts& p) { p.payload = {0x80}; }), "malformed"},
      {"payload of indefinite length", forge([](Parts& p) {
         p.payload = Parts::claims({0xBF});
         p.payload.push_back(0xFF);
       }),
       "malformed"},
      {"payload with a byte after it", forge([](Parts& p) { p.payload.push_back(0); }), "malformed"},
      {"payload cut", forge([](Parts& p) { p.payload.pop_back(); }), "malformed"},
      {"map in a long head", forge([](Parts& p) {
         p.payload = Parts::claims({0xB8, 0x05});
       }),
       "malformed"},
      {"no claims", forge_claims([](Pairs& p) { p.clear(); }), "malformed"},
      {"no expiry", forge_claims([](Pairs& p) { p.erase(p.begin()); }), "malformed"},
      {"no day of issue", forge_claims([](Pairs& p) { p.pop_back(); }), "malformed"},
      {"claims in another order", forge_claims([](Pairs& p) { std::swap(p[2], p[3]); }), "malformed"},
      {"class twice", forge_claims([](Pairs& p) { p[3] = p[2]; }), "malformed"},
      {"class a second time", forge_claims([](Pairs& p) { p.insert(p.begin() + 3, p[2]); }), "malformed"},
      {"a claim more", forge_claims([](Pairs& p) { p.emplace_back(-5, integer(1)); }), "malformed"},
      {"an unknown claim", forge_claims([](Pairs& p) { p[4].first = -5; }), "malformed"},
      bad_claim("expiry negative", expires, integer(-1)),
      bad_claim("expiry of 2^32", expires, integer(std::int64_t{1} << 32)),
      bad_claim("expiry in a long head", expires, {0x1B, 0, 0, 0, 0, 0x5E, 0x43, 0x5C, 0x20}),
      bad_claim("expiry a float", expires, {0xFB, 0x41, 0xD7, 0x90, 0xD7, 0x08, 0, 0, 0}),
      bad_claim("expiry null", expires, {0xF6}),
      bad_claim("ids empty", ids, byte_string({})),
      bad_claim("ids of two", ids, byte_string({1, 2})),
      bad_claim("ids uneven", ids, byte_string({1, 2, 3, 4})),
      bad_claim("ids of eight bytes", ids, byte_string(Bytes(24, 0x01))),
      bad_claim("ids wider than needed", ids, byte_string({0, 1, 0, 2, 0, 3})),
      bad_claim("ids as text", ids, {0x63, 0x01, 0x02, 0x03}),
      bad_claim("ids as an array", ids, {0x83, 0x01, 0x02, 0x03}),
      bad_claim("ids of indefinite length", ids, {0x5F, 0x43, 0x01, 0x02, 0x03, 0xFF}),
      bad_claim("ids longer than the pass", ids, {0x5B, 0x7F, 255, 255, 255, 255, 255, 255, 255}),
      bad_claim("pass id zero", ids, byte_string({0, 1, 1})),
      bad_claim("compound id zero", ids, byte_string({1, 1, 0})),
      bad_claim("pass id of 2^53", ids, byte_string(ids_too_large)),
      bad_claim("class zero", pass_class, integer(0)),
      bad_claim("class seven", pass_class, integer(7)),
      bad_claim("class 257", pass_class, integer(257)),
      bad_claim("class in a long head", pass_class, {0x18, 0x01}),
      bad_claim("class as text", pass_class, {0x61, 0x31}),
      bad_claim("class true", pass_class, {0xF5}),
      bad_claim("generation negative", generation, integer(-1)),
      bad_claim("generation of 2^32", generation, integer(std::int64_t{1} << 32)),
      bad_claim("generation of 2^64-1", generation, {0x1B, 255, 255, 255, 255, 255, 255, 255, 255}),
      bad_claim("day of issue negative", issued, integer(-1)),
      bad_claim("day of issue of 2^16", issued, integer(65'536)),
      bad_claim("day of issue tagged", issued, {0xC1, 0x19, 0x47, 0x77}),
  };
}

std::vector<VerifyKey> known_keys() {
  return {verify_key(key_a), verify_key(key_b), verify_key({key_b.kid, {3}})};
}

std::string claims_json(const Claims& c) {
  return fmt::format(
      R"({{"pass_id": {}, "household_id": {}, "compound_id": {}, "pass_class": "{}", "generation": {}, )"
      R"("issued_day": {}, "expires_s": {}}})",
      c.pass_id, c.household_id, c.compound_id, to_string(c.pass_class), c.generation, c.issued.number,
      c.expires_s);
}

void check_and_write(const std::vector<Case>& cases, std::vector<std::string>& lines) {
  const auto keys = known_keys();
  for (const Case& c : cases) {
    // The only escape in these texts is that of a line end.
    const std::string text = c.text.ends_with("\\n") ? c.text.substr(0, c.text.size() - 2) + "\n" : c.text;
    const auto verdict = verify(text, keys, c.at);
    EXPECT_EQ(verdict ? "ok" : verdict.error().code, c.code) << c.name;
    const auto claims = open(text, keys);
    lines.push_back(fmt::format(R"({{"name": "{}", "now_ms": {}, "code": "{}", "text": "{}"{}}})", c.name,
                                c.at.ms, c.code, c.text,
                                claims ? ",\n     \"claims\": " + claims_json(*claims) : std::string()));
  }
}

std::vector<std::string> pass_lines() {
  std::vector<std::string> lines;
  for (const auto& cases :
       {good_cases(), foreign_cases(), malformed_envelopes(), malformed_headers(), claim_cases()}) {
    check_and_write(cases, lines);
  }
  return lines;
}

std::vector<std::string> key_lines() {
  std::vector<std::string> lines;
  for (const SignKey& key : {key_a, key_b, SignKey{key_b.kid, {3}}}) {
    lines.push_back(fmt::format(R"({{"kid": "{}", "seed": "{}", "public_key": "{}"}})", hex(key.kid),
                                hex(key.seed), hex(verify_key(key).public_key)));
  }
  return lines;
}

std::vector<std::string> short_code_lines() {
  const std::string code = short_code(0b00000'00001'11011'01010'11111'00000'00001);
  std::string lower, look_alike;
  for (const char c : code) {
    lower += static_cast<char>(std::tolower(c));
    look_alike += c == '0' ? 'O' : c == '1' ? 'I' : c == 'V' ? 'U' : c;
  }
  std::string wrong = code;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  std::vector<std::string> lines;
  for (const std::string& typed :
       {short_code(0), short_code(short_code_count - 1), code, lower, look_alike,
        code.substr(0, 4) + "-" + code.substr(4), " " + code.substr(0, 4) + " " + code.substr(4) + " ", wrong,
        code + "0", code.substr(0, 7), std::string(), std::string("00000000"), std::string("１２３４"),
        std::string("门岗12345")}) {
    const auto read = read_short_code(typed);
    lines.push_back(
        fmt::format(R"({{"typed": "{}", "code": {}}})", typed, read ? "\"" + *read + "\"" : "null"));
  }
  std::string wide;
  for (const char c : lower) {
    const bool small = 'a' <= c && c <= 'z';
    wide += {'\xEF', small ? '\xBD' : '\xBC', static_cast<char>(0x80 + (c - (small ? 0x60 : 0x20)))};
  }
  EXPECT_EQ(read_short_code(wide), code);
  lines.push_back(fmt::format(R"({{"typed": "{}", "code": "{}"}})", wide, code));
  return lines;
}

std::vector<std::string> enrolment_lines() {
  const Enrolment enrolment{
      {"https://192.168.1.10:8443", "https://shouwang.example.cn"}, id_max, {1, 2, 3, 255}};
  const std::string text = encode_enrolment(enrolment).value();
  const auto body = *base45_decode(std::string_view(text).substr(5));
  const auto with = [&](auto change) {
    Bytes bytes = body;
    change(bytes);
    return "SWE1:" + base45_encode(bytes);
  };
  const std::vector<std::pair<std::string, std::string>> bad{
      {"not_an_enrolment", ""},
      {"not_an_enrolment", "SW1:" + text.substr(5)},
      {"not_an_enrolment", "https://shouwang.example.cn"},
      {"other_version", "SWE2:" + text.substr(5)},
      {"malformed", "SWE1:"},
      {"malformed", text.substr(0, 40)},
      {"malformed", with([](Bytes& b) { b.push_back(0); })},
      {"malformed", with([](Bytes& b) { b[0] = 0xA4; })},
      {"malformed", with([](Bytes& b) { b[2] = 0x80; })},
      {"malformed", with([](Bytes& b) { b[5] = 'f'; })},  // an address that is not http
      {"malformed", with([](Bytes& b) { b[10] = ' '; })},
      {"malformed", with([](Bytes& b) { b[b.size() - 18] = 0x04; })},
      {"malformed", with([](Bytes& b) {
         b.pop_back();
         b[b.size() - 16] = 0x4F;
       })},
  };
  std::vector<std::string> lines{
      fmt::format(R"({{"code": "ok", "text": "{}",)"
                  "\n     "
                  R"("enrolment": {{"server_urls": ["{}", "{}"], "enrolment_id": {}, "secret": "{}"}}}})",
                  text, enrolment.server_urls[0], enrolment.server_urls[1], enrolment.enrolment_id,
                  hex(enrolment.secret))};
  for (const auto& [code, wrong] : bad) {
    const auto read = decode_enrolment(wrong);
    EXPECT_EQ(read ? "ok" : read.error().code, code) << wrong;
    lines.push_back(fmt::format(R"({{"code": "{}", "text": "{}"}})", code, wrong));
  }
  return lines;
}

std::vector<std::string> day_mark_lines() {
  const std::array<std::uint8_t, 32> secret{7, 7, 7};
  std::vector<std::string> lines;
  for (const std::int64_t compound_id : {std::int64_t{1}, id_max}) {
    for (const char* day : {"2020-02-11", "2020-02-12", "2022-10-01"}) {
      const DayMark mark = day_mark(secret, compound_id, *base::parse_day(day));
      lines.push_back(
          fmt::format(R"({{"secret": "{}", "compound_id": {}, "day": "{}", "word": "{}", "colour": "{}"}})",
                      hex(secret), compound_id, day, mark.word.key, mark.colour.key));
    }
  }
  return lines;
}

std::string vectors() {
  std::string json = "{\n";
  const auto section = [&json](std::string_view name, const std::vector<std::string>& lines,
                               bool last = false) {
    json += fmt::format("  \"{}\": [\n    {}\n  ]{}\n", name, fmt::join(lines, ",\n    "), last ? "" : ",");
  };
  section("keys", key_lines());
  section("passes", pass_lines());
  section("short_codes", short_code_lines());
  section("enrolments", enrolment_lines());
  section("day_marks", day_mark_lines(), true);
  return json + "}\n";
}

TEST(token_vectors, are_those_of_the_file) {
  const std::string fresh = vectors();
  if (std::getenv("SHOUWANG_WRITE_VECTORS") != nullptr) std::ofstream(SHOUWANG_TOKEN_VECTORS) << fresh;
  std::ifstream file(SHOUWANG_TOKEN_VECTORS);
  std::ostringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(kept.str(), fresh);
}

}  // namespace
}  // namespace token
