#include <gtest/gtest.h>

#include "feature/access/service.hpp"

namespace {
using namespace feature::access;
using api::Permission;

TEST(Permissions, AStarIsAllOfThemAndAnUnknownWordIsNothing) {
  const auto all = parse_permissions("*");
  EXPECT_TRUE(all.has(Permission::break_glass));
  EXPECT_TRUE(all.has(Permission::place_read));
  EXPECT_FALSE(all.has(Permission::anybody));
  EXPECT_FALSE(all.has(Permission::signed_in));
  const auto some = parse_permissions("place_read time_travel audit_read signed_in");
  EXPECT_EQ(permission_names(some), (std::vector<std::string>{"place_read", "audit_read"}));
  EXPECT_TRUE(some.within(all));
  EXPECT_FALSE(all.within(some));
  EXPECT_TRUE(parse_permissions("").within({}));
}

TEST(Permissions, WhatIsSentIsNamedWhenUnknown) {
  base::Problems problems;
  EXPECT_FALSE(read_permissions({"place_read", "emperor", "signed_in"}, problems));
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].path, "/permissions/1");
  EXPECT_EQ(problems[1].path, "/permissions/2");
}

// A guard in one compound who is an office in another rules over neither with the other's rights.
TEST(Principal, APermissionReachesWhereItIsHeld) {
  api::Principal who;
  who.account = 1;
  who.held = {{{Permission::place_read, Permission::gate_decide}, db::ScopeNode{db::Level::compound, 11}},
              {{Permission::place_read, Permission::household_read}, db::ScopeNode{db::Level::community, 7}}};
  const db::ScopeNode compound{db::Level::compound, 11}, community{db::Level::community, 7};
  using Nodes = std::vector<db::ScopeNode>;
  EXPECT_EQ(who.scope_of(Permission::household_read).nodes(), Nodes{community});
  EXPECT_EQ(who.scope_of(Permission::gate_decide).nodes(), Nodes{compound});
  EXPECT_EQ(who.scope_of(Permission::place_read).nodes(), (Nodes{community, compound}));
  EXPECT_TRUE(who.scope_of(Permission::audit_read).is_none());
  who.held.push_back({{Permission::audit_read}, std::nullopt});
  EXPECT_TRUE(who.scope_of(Permission::audit_read).is_all());
  EXPECT_FALSE(who.scope_of(Permission::household_read).is_all());

  const PlacePath in_community{1, 2, 7, 30, 0, 0, 0}, elsewhere{1, 2, 8, 12, 0, 0, 0};
  EXPECT_TRUE(held_at(who, in_community).has(Permission::household_read));
  EXPECT_FALSE(held_at(who, in_community).has(Permission::gate_decide));
  EXPECT_FALSE(held_at(who, elsewhere).has(Permission::household_read));
  EXPECT_TRUE(held_at(who, elsewhere).has(Permission::audit_read));
}

}  // namespace
