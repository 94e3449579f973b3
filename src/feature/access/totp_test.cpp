#include "feature/access/totp.hpp"

#include <gtest/gtest.h>

namespace {
using namespace feature::access;

constexpr std::string_view rfc_secret = "12345678901234567890";

// RFC 6238, appendix B, SHA-1; the RFC prints eight digits, of which the last six are ours.
TEST(Totp, VectorsOfTheRfc) {
  const std::pair<std::int64_t, std::string_view> vectors[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors)
    EXPECT_EQ(totp_code(rfc_secret, totp_step({seconds * 1000})), code.substr(2)) << seconds;
}

// RFC 4648, section 10, without the padding.
TEST(Totp, Base32) {
  EXPECT_EQ(base32(""), "");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(base32("fo"), "MZXQ");
  EXPECT_EQ(base32("foo"), "MZXW6");
  EXPECT_EQ(base32("foob"), "MZXW6YQ");
  EXPECT_EQ(base32("fooba"), "MZXW6YTB");
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
}

TEST(Totp, OneStepOfDriftAndNoCodeTwice) {
  const base::Instant now{1'600'000'005'000};
  const auto step = totp_step(now);
  for (const int drift : {-1, 0, 1})
    EXPECT_EQ(totp_accepts(rfc_secret, totp_code(rfc_secret, step + drift), now, 0), step + drift);
  EXPECT_FALSE(totp_accepts(rfc_secret, totp_code(rfc_secret, step - 2), now, 0));
  EXPECT_FALSE(totp_accepts(rfc_secret, totp_code(rfc_secret, step + 2), now, 0));
  EXPECT_FALSE(totp_accepts(rfc_secret, totp_code(rfc_secret, step), now, step)) << "used already";
  EXPECT_FALSE(totp_accepts(rfc_secret, totp_code(rfc_secret, step - 1), now, step));
  EXPECT_FALSE(totp_accepts(rfc_secret, "", now, 0));
  EXPECT_FALSE(totp_accepts(rfc_secret, "12345", now, 0));
}

TEST(Totp, TheAddressNamesProgramAndUser) {
  EXPECT_EQ(totp_uri(rfc_secret, "Shouwang", "王 a"),
            "otpauth://totp/Shouwang:%E7%8E%8B%20a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shouwang");
}

}  // namespace
