#include "sheet/xml.hpp"

#include <expat.h>

#include <cstring>
#include <memory>
#include <sstream>

namespace sheet {

using base::Result;

std::string_view local_name(std::string_view qualified) {
  const auto colon = qualified.rfind(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

std::string_view XmlEvents::Attributes::operator[](std::string_view name) const {
  for (const char** pair = pairs_; *pair; pair += 2)
    if (local_name(pair[0]) == name) return pair[1];
  return {};
}

namespace {

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPtr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

struct Pump {
  XmlEvents* events;
  XML_Parser parser;
  void check() const {
    if (events->failed()) XML_StopParser(parser, XML_FALSE);
  }
};

void on_start(void* data, const char* name, const char** attributes) {
  const auto* pump = static_cast<Pump*>(data);
  if (pump->events->failed()) return;
  pump->events->start(local_name(name), XmlEvents::Attributes(attributes));
  pump->check();
}

void on_end(void* data, const char* name) {
  const auto* pump = static_cast<Pump*>(data);
  if (pump->events->failed()) return;
  pump->events->end(local_name(name));
  pump->check();
}

void on_text(void* data, const char* text, int size) {
  const auto* pump = static_cast<Pump*>(data);
  if (pump->events->failed()) return;
  pump->events->text({text, static_cast<std::size_t>(size)});
  pump->check();
}

void on_doctype(void* data, const char*, const char*, const char*, int) {
  const auto* pump = static_cast<Pump*>(data);
  pump->events->failure = not_a_workbook("document type declaration");
  pump->check();
}

}  // namespace

Result<void> stream_xml(Archive& archive, const std::string& part, XmlEvents& events) {
  const ParserPtr parser{XML_ParserCreate(nullptr)};
  Pump pump{&events, parser.get()};
  XML_SetUserData(parser.get(), &pump);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  bool well_formed = true;
  const auto done = archive.stream(part, [&](std::string_view piece) {
    well_formed = XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), 0) == XML_STATUS_OK;
    return well_formed;
  });
  if (!done) return done;
  if (events.failed()) return base::fail(events.failure);
  if (!well_formed || XML_Parse(parser.get(), nullptr, 0, 1) != XML_STATUS_OK)
    return base::fail(not_a_workbook(part + ": " + XML_ErrorString(XML_GetErrorCode(parser.get()))));
  return {};
}

Result<void> load_xml(Archive& archive, const std::string& part, std::uint64_t max_bytes,
                      pugi::xml_document& document) {
  const auto bytes = archive.read(part, max_bytes);
  if (!bytes) return base::fail(bytes.error());
  if (bytes->find("<!DOCTYPE") != std::string::npos)
    return base::fail(not_a_workbook("document type declaration"));
  constexpr unsigned keep = pugi::parse_default | pugi::parse_pi | pugi::parse_comments |
                            pugi::parse_declaration | pugi::parse_ws_pcdata;
  const auto parsed = document.load_buffer(bytes->data(), bytes->size(), keep);
  if (!parsed) return base::fail(not_a_workbook(part + ": " + parsed.description()));
  return {};
}

std::string save_xml(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  auto text = std::move(out).str();
  // The declaration is a node of its own; it may name another encoding than the one written.
  if (text.starts_with("<?xml")) text.erase(0, text.find("?>") + 2);
  return R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
         "\n" +
         text;
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  for (auto node = parent.first_child(); node; node = node.next_sibling())
    if (local_name(node.name()) == name) return node;
  return {};
}

std::string qualified(const pugi::xml_node& like, std::string_view name) {
  const std::string_view full = like.name();
  return std::string(full.substr(0, full.size() - local_name(full).size())) + std::string(name);
}

pugi::xml_node append(pugi::xml_node parent, std::string_view name) {
  return parent.append_child(qualified(parent, name).c_str());
}

pugi::xml_attribute set(pugi::xml_node node, const char* name, const std::string& value) {
  auto attribute = node.attribute(name);
  if (!attribute) attribute = node.append_attribute(name);
  attribute.set_value(value.c_str());
  return attribute;
}

}  // namespace sheet
