#include "base/text.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Text, WordsAreSplitAtBlanks) {
  EXPECT_EQ(words_of("fever  cough "), (std::vector<std::string>{"fever", "cough"}));
  EXPECT_EQ(words_of(" 发热 "), (std::vector<std::string>{"发热"}));
  EXPECT_TRUE(words_of("").empty());
  EXPECT_TRUE(words_of("   ").empty());
}

TEST(Text, MarkupIsEscaped) {
  EXPECT_EQ(markup_escaped(R"(<a href="x">3栋 & 4栋</a>)"),
            "&lt;a href=&quot;x&quot;&gt;3栋 &amp; 4栋&lt;/a&gt;");
  EXPECT_EQ(markup_escaped(""), "");
}

}  // namespace
}  // namespace base
