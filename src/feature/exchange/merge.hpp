#pragma once
// A known record beside what a file says of it: empty fields are filled, others are never overwritten.
#include <optional>
#include <string>

#include "feature/exchange/taking.hpp"

namespace feature::exchange {

// What the file says of a row by itself; fresh when the comparison has to decide.
Verdict own_verdict(const intake::RowBase& row);
int column_of(const intake::Analysis& file, intake::Field field);  // -1 when the table has none
// Where a record has room for one number only, the others are named instead of lost in silence.
void name_spare_phones(const intake::Analysis& file, const std::vector<intake::Phone>& phones,
                       Verdict& verdict);
std::optional<std::string> not_empty(const std::string& text);

class Merge {
 public:
  Merge(const intake::Analysis& file, Verdict& verdict) : file_(file), verdict_(verdict) {}

  template <class T>
  void value(std::optional<T>& known, const std::optional<T>& told, intake::Field field) {
    if (!told || known == told) return;
    if (known) return differ(field);
    known = told;
    fill();
  }
  // `unknown` of a closed vocabulary is its first value, or this word.
  template <class E>
  requires std::is_enum_v<E>
  void word(E& known, E told, intake::Field field) {
    if (told == E{} || known == told) return;
    if (known != E{}) return differ(field);
    known = told;
    fill();
  }
  void word(std::string& known, const std::string& told, intake::Field field) {
    if (told == "unknown" || known == told) return;
    if (known != "unknown") return differ(field);
    known = told;
    fill();
  }
  void fill() { filled_ = true; }
  void differ(intake::Field field);
  // Gives the verdict; true when the record is to be written.
  bool settle();

 private:
  const intake::Analysis& file_;
  Verdict& verdict_;
  bool filled_ = false, differs_ = false;
};

}  // namespace feature::exchange
