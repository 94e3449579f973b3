#include "feature/work_item/message.hpp"

#include <gtest/gtest.h>

namespace {

using namespace feature::work_item;

const Told told{"【守望】春江花园 3-2-501:\"发热\"", 7, "opened", "fever_alert", "春江花园 3-2-501", 1};
constexpr base::Instant at{1581379200000};
constexpr auto secret = "SECtest123";

// The expected signatures were made with another implementation (hmac of Python's library).
TEST(Message, DingTalkSignsTimestampAndSecretInTheAddress) {
  const auto out =
      message_of(Format::dingtalk, "https://oapi.dingtalk.com/robot/send?access_token=x", secret, told, at);
  EXPECT_EQ(
      out.url,
      "https://oapi.dingtalk.com/robot/"
      "send?access_token=x&timestamp=1581379200000&sign=iDLio8C1T5%2FEsmHb%2Bx4j57Tzh2hnQi8PnScsLJPFoxU%3D");
  EXPECT_EQ(out.body, R"({"msgtype":"text","text":{"content":"【守望】春江花园 3-2-501:\"发热\""}})");
  EXPECT_EQ(message_of(Format::dingtalk, "https://x?y", "", told, at).url, "https://x?y");
}

TEST(Message, FeishuSignsNothingWithTimestampAndSecret) {
  const auto out = message_of(Format::feishu, "https://open.feishu.cn/hook", secret, told, at);
  EXPECT_EQ(out.url, "https://open.feishu.cn/hook");
  EXPECT_EQ(out.body, R"({"timestamp":"1581379200","sign":"VxBmKTBRseaAO4CsPFY/eGH9TCz3ENgn7Sec6kkfbXA=",)"
                      R"("msg_type":"text","content":{"text":)"
                      R"("【守望】春江花园 3-2-501:\"发热\""}})");
  EXPECT_TRUE(message_of(Format::feishu, "u", "", told, at).body.starts_with(R"({"msg_type")"));
}

TEST(Message, WeComHasItsKeyInTheAddress) {
  const auto out =
      message_of(Format::wecom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", "unused", told, at);
  EXPECT_EQ(out.url, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k");
  EXPECT_TRUE(out.headers.empty());
}

TEST(Message, GenericSignsTheTimeAndTheBody) {
  const auto out = message_of(Format::generic, "http://10.0.0.1/hook", secret, told, at);
  ASSERT_EQ(out.headers.size(), 2u);
  EXPECT_EQ(out.headers[0].second, "1581379200000");
  EXPECT_TRUE(out.headers[1].second.starts_with("sha256="));
  EXPECT_EQ(out.headers[1].second.size(), 7u + 64u);
  const auto later = message_of(Format::generic, "http://10.0.0.1/hook", secret, told, at + 1);
  EXPECT_NE(later.headers[1].second, out.headers[1].second);
  EXPECT_TRUE(message_of(Format::generic, "http://10.0.0.1/hook", "", told, at).headers.empty());
}

TEST(Message, ARobotThatRefusesSaysSoInside) {
  EXPECT_TRUE(accepted(Format::wecom, R"({"errcode":0,"errmsg":"ok"})"));
  EXPECT_FALSE(accepted(Format::dingtalk, R"({"errcode":310000,"errmsg":"sign not match"})"));
  EXPECT_TRUE(accepted(Format::feishu, R"({"code":0,"msg":"success"})"));
  EXPECT_FALSE(accepted(Format::feishu, R"({"code":19021})"));
  EXPECT_FALSE(accepted(Format::wecom, "<html>"));
  EXPECT_TRUE(accepted(Format::generic, ""));
}

TEST(Message, ARobotIsItsMakersOwnAndOverTls) {
  EXPECT_EQ(checked_host(Format::wecom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k").value(),
            "qyapi.weixin.qq.com");
  EXPECT_FALSE(checked_host(Format::wecom, "http://qyapi.weixin.qq.com/x"));
  EXPECT_FALSE(checked_host(Format::dingtalk, "https://oapi.dingtalk.com.example.org/x"));
  EXPECT_FALSE(checked_host(Format::dingtalk, "https://oapi.dingtalk.com@example.org/x"));
  EXPECT_EQ(checked_host(Format::generic, "http://127.0.0.1:9000/x").value(), "127.0.0.1:9000");
  for (const auto* bad : {"ftp://x/y", "https://", "http:///x", "https://a b/c", "https://a/\r\nX: y"})
    EXPECT_FALSE(checked_host(Format::generic, bad)) << bad;
}

}  // namespace
