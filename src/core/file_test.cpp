#include "core/file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/photo.hpp"
#include "core/print_form.hpp"
#include "support/temporary.hpp"

namespace {

namespace fs = std::filesystem;
using std::string_literals::operator""s;

std::string segment(char marker, const std::string& data) {
  const auto length = data.size() + 2;
  return "\xFF"s + marker + static_cast<char>(length >> 8) + static_cast<char>(length & 0xFF) + data;
}

// What a camera writes before a picture: which way is up, then where it was taken.
std::string exif(char way) {
  return segment('\xE1', "Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0"s + way +
                             "\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0GPS 29.8N 114.3E"s);
}

const std::string scan = segment('\xDA', "\x01\x01\0\0\x3F\0"s) + "abc\xFF\0xyz\xFF\xD0more"s;

std::string jpeg(char way, const std::string& behind = {}) {
  return "\xFF\xD8"s + segment('\xE0', "JFIF\0\x01\x01\0\0\x01\0\x01\0\0"s) + exif(way) +
         segment('\xFE', "Canon EOS"s) + segment('\xDB', "quant"s) + scan + "\xFF\xD9"s + behind;
}

std::string chunk(const std::string& kind, const std::string& data) {
  const auto n = data.size();
  return std::string{static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
                     static_cast<char>(n)} +
         kind + data + "crc!";
}

TEST(Photo, SaysNothingButThePicture) {
  const auto plain = core::plain_jpeg(jpeg(1, "a film behind it"));
  ASSERT_TRUE(plain);
  for (const char* word : {"GPS", "Canon", "film", "Exif"}) EXPECT_EQ(plain->find(word), plain->npos) << word;
  for (const char* word : {"JFIF", "quant", "xyz", "more"}) EXPECT_NE(plain->find(word), plain->npos) << word;
  EXPECT_TRUE(plain->ends_with("\xFF\xD9"));
  EXPECT_EQ(core::plain_jpeg(*plain), plain) << "again changes nothing";
}

TEST(Photo, KeepsWhichWayIsUp) {
  const auto plain = core::plain_jpeg(jpeg(6));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->find("GPS"), plain->npos);
  const auto at = plain->find("Exif");
  ASSERT_NE(at, plain->npos);
  EXPECT_EQ(plain->substr(at + 6 + 8 + 2 + 8, 2), "\0\x06"s);
  EXPECT_EQ(core::plain_jpeg(*plain), plain);
}

TEST(Photo, ThatIsCutOffIsNone) {
  const auto whole = jpeg(6);
  for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(core::plain_jpeg(whole.substr(0, n))) << n;
  const auto png = "\x89PNG\r\n\x1A\n"s + chunk("IHDR", "head") + chunk("tEXt", "Author") +
                   chunk("IDAT", "picture") + chunk("IEND", "");
  for (std::size_t n = 0; n < png.size(); ++n) EXPECT_FALSE(core::plain_png(png.substr(0, n))) << n;
  const auto plain = core::plain_png(png + "behind");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->find("Author"), plain->npos);
  EXPECT_EQ(plain->find("behind"), plain->npos);
  EXPECT_NE(plain->find("picture"), plain->npos);
}

// Paper is for what somebody can read through; the rest is exported.
TEST(PrintForm, RefusesMoreRowsThanCanBeKept) {
  const test_support::TemporaryDirectory folder;
  const auto form =
      core::print_form(folder / "list.pdf", "en", {"Persons", {}, {}, {}}, {"Persons", {}, {{"Name", 14}}});
  const std::vector<sheet::Value> row{std::string("name")};
  for (std::int64_t i = 0; i < core::printed_rows_max; ++i) ASSERT_TRUE(form->row(row));
  const auto more = form->row(row);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().problems.at(0).path, "/format");
  EXPECT_EQ(more.error().problems.at(0).code, "too_many_to_print");
}

class KeptFile : public testing::Test {
 protected:
  void SetUp() override {
    auto keys = core::Keyring::open(folder_ / "keys");
    ASSERT_TRUE(keys);
    services_.emplace(core::Services{std::move(*keys), folder_ / "data", "0", "", false});
  }
  base::Result<core::StoredFile> keep(std::string_view bytes, const std::string& name = "plan.pdf") {
    return core::keep_file(*services_, 17, {"organisation_document", 5, name}, bytes, 3, base::Instant{1});
  }
  fs::path place_of(const core::StoredFile& file) const {
    return core::kept_folder(folder_ / "data") / file.address;
  }
  test_support::TemporaryDirectory folder_;
  std::optional<core::Services> services_;
};

TEST_F(KeptFile, ComesBackAndLiesThereUnreadable) {
  const auto file = keep("%PDF-1.4 the whole emergency plan");
  ASSERT_TRUE(file) << file.error().code;
  EXPECT_EQ(core::kept_file(*services_, *file), "%PDF-1.4 the whole emergency plan");
  std::ifstream in(place_of(*file), std::ios::binary);
  const std::string there{std::istreambuf_iterator<char>(in), {}};
  EXPECT_FALSE(there.empty());
  EXPECT_EQ(there.find("emergency"), there.npos);
  const auto again = keep("%PDF-1.4 the whole emergency plan");
  EXPECT_NE(again->address, file->address) << "equal files must not be seen to be equal";
}

TEST_F(KeptFile, IsLostWithItsKeyAndUnderAnotherNumber) {
  const auto file = keep("%PDF-1.4 plan");
  ASSERT_TRUE(file);
  auto other = *file;
  other.id = meta::Id<core::StoredFile>(18);
  EXPECT_EQ(core::kept_file(*services_, other).error().code, "file.lost");
  auto keyless = *file;
  keyless.key_sealed.value.clear();
  EXPECT_EQ(core::kept_file(*services_, keyless).error().code, "file.lost");
  std::ofstream(place_of(*file), std::ios::binary | std::ios::app) << "x";
  EXPECT_EQ(core::kept_file(*services_, *file).error().code, "file.lost");
  core::drop_file(*services_, file->address);
  EXPECT_FALSE(fs::exists(place_of(*file)));
}

TEST_F(KeptFile, IsWhatIsInIt) {
  EXPECT_EQ(keep("<html><script>", "plan.pdf").error().code, "file.kind");
  EXPECT_EQ(keep("").error().code, "file.empty");
  EXPECT_EQ(keep("\xFF\xD8\xFF broken").error().code, "file.damaged");
  const auto photo = keep(jpeg(1), "../../plan.html");
  ASSERT_TRUE(photo);
  EXPECT_EQ(photo->media, core::Media::jpeg);
  const auto answer = core::file_answer(*photo, "bytes");
  EXPECT_EQ(answer.header("content-type"), "image/jpeg");
  EXPECT_TRUE(answer.header("content-disposition").starts_with("attachment;"));
  EXPECT_TRUE(answer.header("content-disposition").ends_with("plan.jpg")) << "never as a page";
  EXPECT_TRUE(answer.header("content-security-policy").starts_with("sandbox"));
}

}  // namespace
