#pragma once
// Small workbooks for tests, written part by part.
#include <map>
#include <string>

#include "sheet/archive.hpp"

namespace sheet::test {

using Parts = std::map<std::string, std::string>;

inline Parts parts_of(const std::string& sheet_data, const std::string& after_data = "") {
  return {
      {"[Content_Types].xml",
       R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
             <Default Extension="xml" ContentType="application/xml"/></Types>)"},
      {"_rels/.rels",
       R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship
             Id="rId1" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>)"},
      {"xl/_rels/workbook.xml.rels",
       R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
             <Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
             <Relationship Id="rId8" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>
             <Relationship Id="rId9" Type="http://x/styles" Target="styles.xml"/></Relationships>)"},
      {"xl/workbook.xml",
       R"(<workbook xmlns="m" xmlns:r="r"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>
             </workbook>)"},
      {"xl/worksheets/sheet1.xml",
       "<worksheet xmlns=\"m\"><sheetData>" + sheet_data + "</sheetData>" + after_data + "</worksheet>"}};
}

inline std::string zipped(const Parts& parts) { return Archive::rewrite({}, parts).value(); }

}  // namespace sheet::test
