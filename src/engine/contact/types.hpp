#pragma once
// Presences, the policy of a trace and what it answers. Persons and places are dense numbers given by the
// caller; a second is UTC seconds since 1970. Both ends of a presence belong to it: a crossing has from ==
// until.
#include <array>
#include <cstdint>
#include <vector>

#include "engine/contact/huge_pages.hpp"

namespace engine::contact {

using Second = std::uint32_t;
inline constexpr Second end_of_time = 0xffff'ffff;
inline constexpr std::uint32_t persons_max = 1U << 28;

// What being at a place together means. A place has one kind.
enum class Kind : std::uint8_t {
  household,  // lived in the same one
  vehicle,
  visit,
  survey,    // somebody of the staff at the door
  delivery,  // handed over at the door
  test,
  shift,
  transport,
  stair,    // on the way through a stair, by a crossing of the compound
  opening,  // the same opening at the same time
  inside,   // in the building; answers who was there, makes nobody a contact
};
inline constexpr std::size_t kind_count = 11;

// How a presence is known, surest first.
enum class Certainty : std::uint8_t {
  observed,  // both ends were recorded
  gap,       // a post was offline meanwhile: a crossing may be missing
  one_end,   // an exit without its entry, or the reverse: the bounds are the widest possible
  assumed,   // follows from living there, or from the way to another place
};
inline constexpr std::size_t certainty_count = 4;

struct Presence {
  std::uint32_t person = 0, place = 0;
  Second from = 0, until = 0;
  Certainty certainty = Certainty::observed;
  friend auto operator<=>(const Presence&, const Presence&) = default;
};

struct Span {
  Second from = 0, until = end_of_time;
  friend auto operator<=>(const Span&, const Span&) = default;
};

struct KindPolicy {
  bool follow = true;
  Second slack_s = 0;  // so far apart two presences still meet: clocks, air, surfaces
  double weight = 1;   // 0 to 1
  Second full_s = 0;   // together so long counts fully; 0: any meeting does
  friend bool operator==(const KindPolicy&, const KindPolicy&) = default;
};

struct Policy {
  std::array<KindPolicy, kind_count> kinds{{
      {true, 0, 1.0, 0},              // household
      {true, 10 * 60, 0.9, 15 * 60},  // vehicle
      {true, 0, 0.9, 30 * 60},        // visit
      {true, 2 * 60, 0.4, 10 * 60},   // survey
      {true, 2 * 60, 0.4, 5 * 60},    // delivery
      {true, 10 * 60, 0.4, 15 * 60},  // test
      {true, 0, 0.8, 4 * 60 * 60},    // shift
      {true, 0, 0.7, 60 * 60},        // transport
      {true, 5 * 60, 0.3, 10 * 60},   // stair
      {true, 2 * 60, 0.2, 0},         // opening
      {false, 0, 0.1, 4 * 60 * 60},   // inside
  }};
  std::array<double, certainty_count> confidence{1.0, 0.8, 0.6, 0.5};
  double least_share = 0.1;  // of the weight, for a meeting far shorter than full_s
  Second latent_s = 0;       // from a contact's exposure until it can pass anything on
  friend bool operator==(const Policy&, const Policy&) = default;
};

struct Index {
  std::uint32_t person = 0;
  Span window{};  // infectious, or for sources: when it can have been infected
};

struct Isolation {
  std::uint32_t person = 0;
  Second from = 0;
};

// Records of this place may be missing then: a stay seen at both ends is less sure.
struct Gap {
  std::uint32_t place = 0;
  Span span{};
};

enum class Direction { contacts, sources };

struct Query {
  std::vector<Index> indices{};
  std::vector<Isolation> isolations{};  // of others than the index persons
  std::vector<Gap> gaps{};
  Direction direction = Direction::contacts;
  Span horizon{};  // nothing outside of it is looked at beyond ring 1
  int depth = 1;
  bool evidence = false;
};

// Two in a line of the cache.
struct alignas(32) Contact {
  std::uint32_t person = 0;
  std::uint16_t ring = 0;   // 0: an index person
  std::uint16_t kinds = 0;  // bit per Kind
  Second at = 0;            // first exposure; of a source: last meeting
  Second last = 0;          // last exposure; of a source: first meeting
  std::uint32_t links = 0;
  float strength = 0;  // of the strongest link
  Span window{};       // in which this person is followed further
};

// One meeting: somebody of the ring before, this person, where, and the time both were there.
struct Link {
  std::uint32_t source = 0, contact = 0;  // positions in Answer::contacts
  std::uint32_t place = 0;
  Second from = 0, until = 0;  // from > until: met only within the slack
  float strength = 0;
  Certainty source_certainty = Certainty::observed, contact_certainty = Certainty::observed;
};

// Somebody of the ring before at a place, as long as it counts.
struct SourceStay {
  std::uint32_t place = 0, source = 0;  // source: position in Answer::contacts
  Second begins = 0;                    // of the presence
  Second from = 0, until = 0;           // of it, what lies in the window of the source
  Certainty certainty = Certainty::observed;

  bool crossing() const { return begins == until; }
};

// Links before anybody reads them: a presence of a contact, and the stays it may have met, which are next to
// each other in Answer::stays. A gate has far more links than presences.
struct Run {
  std::uint32_t contact = 0, first = 0, end = 0;
  Second from = 0, until = 0;
  Certainty certainty = Certainty::observed;
  Kind kind{};
};

struct Answer {
  std::vector<Contact, HugePages<Contact>> contacts{};  // by ring
  // When evidence was asked for: links_of() reads it.
  std::vector<SourceStay> stays{};
  std::vector<Run> runs{};
  Policy policy{};
};

}  // namespace engine::contact
