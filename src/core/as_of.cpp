#include "core/as_of.hpp"

#include <boost/json.hpp>

namespace core {

std::optional<std::string> said_then(const meta::Row& row, int index, std::string_view field,
                                     std::optional<std::string> today) {
  if (row.is_null(index)) return today;
  const auto text = row.text(index);
  boost::system::error_code error;
  const auto version = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error || !version.is_object()) return today;
  const auto* said = version.get_object().if_contains(boost::json::string_view(field.data(), field.size()));
  if (!said) return today;  // a column from after that version
  return said->is_string() ? std::optional(std::string(said->get_string())) : std::nullopt;
}

}  // namespace core
