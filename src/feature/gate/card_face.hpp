#pragma once
// What a card shows, on paper and on a phone: room, masked name and validity in clear, the signed text as QR.
#include "feature/gate/service.hpp"
#include "print/card.hpp"

namespace feature::gate {

struct CardFace {
  PassRow pass{};
  std::string phase{}, building{}, stair{}, room{};
  std::string holder{};  // masked name, or plate; empty on a blank card
};

// Live cards in walking order.
std::vector<CardFace> card_faces(db::Scoped& q, const PrintQuery& in);
// One card, whatever its state.
std::optional<CardFace> card_face(db::Scoped& q, std::int64_t pass_id);

std::string building_stair(const CardFace& face, std::string_view language);
print::Card print_card(const CardFace& face, std::string_view language, const std::string& compound);

}  // namespace feature::gate
