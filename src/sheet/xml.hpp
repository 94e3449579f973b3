#pragma once
// XML parts. Prefixes are ignored: elements are known by their local name. A part with a DTD is refused.
#include <functional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "sheet/archive.hpp"

namespace sheet {

std::string_view local_name(std::string_view qualified);

// Events of one streamed part.
class XmlEvents {
 public:
  // Value of an attribute by local name; empty when absent.
  class Attributes {
   public:
    explicit Attributes(const char** pairs) : pairs_(pairs) {}
    std::string_view operator[](std::string_view name) const;

   private:
    const char** pairs_;
  };
  virtual ~XmlEvents() = default;
  virtual void start(std::string_view name, const Attributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view piece) = 0;
  // Set to stop; the parse then fails with it.
  base::Error failure{};
  bool failed() const { return !failure.code.empty(); }
};
base::Result<void> stream_xml(Archive& archive, const std::string& part, XmlEvents& events);

// Small parts as a tree that writes back what it read.
base::Result<void> load_xml(Archive& archive, const std::string& part, std::uint64_t max_bytes,
                            pugi::xml_document& document);
std::string save_xml(const pugi::xml_document& document);
pugi::xml_node child(const pugi::xml_node& parent, std::string_view name);  // first with that local name
// A new last child with the prefix of its parent.
pugi::xml_node append(pugi::xml_node parent, std::string_view name);
std::string qualified(const pugi::xml_node& like, std::string_view name);  // name with the prefix of `like`
pugi::xml_attribute set(pugi::xml_node node, const char* name, const std::string& value);

}  // namespace sheet
