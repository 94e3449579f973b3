#pragma once
// Who was where with whom: all presences in memory, questions from any thread, changes from one at a time.
// A question sees the presences of one instant of the feed, apart from rows struck out meanwhile.
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/contact/columns.hpp"
#include "engine/contact/tail.hpp"
#include "engine/contact/types.hpp"

namespace engine::contact {

// A place of a cluster and how likely as many of the cases would be there by chance.
struct CommonPlace {
  std::uint32_t place = 0;
  std::uint32_t cases = 0;     // of the cluster, in their windows
  std::uint32_t visitors = 0;  // anybody, while the windows last
  double chance = 1;           // that at least `cases` of the cluster are, drawing persons blindly
};

struct Asked;      // a question
struct Workspace;  // of one question

class Contacts {
 public:
  explicit Contacts(std::uint32_t tail_rows = 1U << 16);
  // `kinds` by place; every place of a presence stands in it.
  Contacts(std::span<const Presence> presences, std::vector<Kind> kinds, std::uint32_t tail_rows = 1U << 16);

  // Changes. A place that is new is announced first; ids are given in order from 0.
  std::uint32_t add_place(Kind kind);
  void append(std::span<const Presence> presences);
  // A person's presences become these; what was the same stays as it is.
  void replace(std::uint32_t person, std::span<const Presence> presences);
  void remove_ended_before(Second instant);  // retention
  void merge();  // the tail into the columns; append does it when the tail is full

  // Questions.
  Answer trace(const Query& query, const Policy& policy) const;
  std::vector<Presence> trajectory(std::uint32_t person, Span span) const;  // by start
  std::vector<Presence> at(std::uint32_t place, Span span) const;           // by start
  // Ranked, least likely first; places where at least two of the cases were.
  std::vector<CommonPlace> common_places(std::span<const Index> cases) const;

  std::size_t size() const;  // rows, struck ones included until the next merge
  std::size_t bytes() const;
  std::uint32_t places() const;

 private:
  friend class Tracing;
  friend struct Asked;
  struct Generation {
    Generation(Columns built, std::uint32_t tail_rows, std::uint32_t persons, std::uint32_t places,
               std::vector<Kind> its_kinds)
        : columns(std::move(built)), tail(tail_rows, persons, places), kinds(std::move(its_kinds)) {}
    Columns columns;
    Tail tail;
    std::vector<Kind> kinds;  // by place, with room for those the tail can name
  };
  // What a question looks at.
  struct View {
    std::shared_ptr<Generation> generation;
    std::uint32_t tail = 0;
    template <class F>
    void of_person(std::uint32_t person, F&& f) const;
    template <class F>
    void at_place(std::uint32_t place, Second from, Second until, F&& f) const;
  };
  View view() const;
  Asked ask(const Query& query, const Policy& policy) const;
  std::shared_ptr<Workspace> borrow() const;
  void give_back(std::shared_ptr<Workspace> workspace) const;
  std::size_t workspace_bytes() const;
  void merge_locked(std::uint32_t persons);
  void append_locked(const Presence& presence);

  const std::uint32_t tail_rows_;
  mutable std::mutex changes_;  // one writer
  mutable std::mutex pointer_;  // held for a copy of the pointer, or to borrow a workspace
  std::shared_ptr<Generation> generation_;
  mutable std::vector<std::shared_ptr<Workspace>> workspaces_;
  std::vector<Kind> kinds_;
};

// How a contact was reached, or everybody; empty without evidence.
std::vector<Link> links_of(const Answer& answer, std::uint32_t contact);
std::vector<Link> links_of(const Answer& answer);

// The chain of meetings from an index person to a contact, each at or after the one before; empty without
// evidence.
std::vector<Link> path_to(const Answer& answer, std::uint32_t contact);

template <class F>
void Contacts::View::of_person(std::uint32_t person, F&& f) const {
  const auto rows = generation->columns.rows();
  const auto positions = generation->columns.of_person(person);
  for (const auto i : positions) __builtin_prefetch(&rows[i]);
  for (const auto i : positions)
    if (!is_struck(rows[i].load())) f(rows[i]);
  generation->tail.of_person(person, tail, [&](const Row& row) {
    if (!is_struck(row.load())) f(row);
  });
}

template <class F>
void Contacts::View::at_place(std::uint32_t place, Second from, Second until, F&& f) const {
  const auto passed_on = [&](const Row& row) {
    if (!is_struck(row.load())) f(row);
  };
  generation->columns.at_place(place, from, until, passed_on);
  generation->tail.at_place(place, tail, [&](const Row& row) {
    if (row.until >= from && row.from <= until) passed_on(row);
  });
}

}  // namespace engine::contact
