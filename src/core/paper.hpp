#pragma once
// Papers that a browser shows: notices, cards, receipts.
#include <string_view>

#include "api/http.hpp"
#include "base/error.hpp"
#include "print/notice.hpp"

namespace core {

// As a PDF; `file` is the name it has when it is saved, without ending.
base::Result<api::Response> notice_pdf(const print::Notice& notice, std::string_view file);

}  // namespace core
