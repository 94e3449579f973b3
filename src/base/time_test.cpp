#include "base/time.hpp"

#include <gtest/gtest.h>

using namespace base;

TEST(Time, DaysRoundTrip) {
  for (int n = -40000; n < 40000; n += 17) {
    const auto text = to_string(Day{n});
    ASSERT_EQ(parse_day(text), Day{n}) << text;
  }
  EXPECT_FALSE(parse_day("2021-02-29"));
  EXPECT_FALSE(parse_day("2021-2-9"));
  EXPECT_EQ(to_string(*parse_day("2020-02-29") + 1), "2020-03-01");
}

TEST(Time, CivilDayIsTheInstallationsNotUtc) {
  const auto before = *parse_iso("2020-02-11T15:59:59.999Z");
  const auto after = *parse_iso("2020-02-11T16:00:00Z");
  EXPECT_EQ(to_string(civil_day(before)), "2020-02-11");
  EXPECT_EQ(to_string(civil_day(after)), "2020-02-12");
  EXPECT_EQ(start_of(civil_day(after)), after);
  EXPECT_EQ(minute_of_day(after), 0);
  EXPECT_EQ(minute_of_day(before), 1439);
}

TEST(Time, IsoRoundTripAndOffsets) {
  const auto at = *parse_iso("2020-02-11T08:30:00.250Z");
  EXPECT_EQ(to_iso(at), "2020-02-11T08:30:00.250Z");
  EXPECT_EQ(parse_iso("2020-02-11T16:30:00.250+08:00"), at);
  EXPECT_EQ(to_local(at), "2020-02-11 16:30:00");
  for (const char* bad :
       {"", "2020-02-11", "2020-02-11T25:00:00Z", "2020-02-30T00:00:00Z", "2020-02-11T08:30:00"})
    EXPECT_FALSE(parse_iso(bad)) << bad;
}
