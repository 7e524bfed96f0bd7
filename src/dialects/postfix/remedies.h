// Which edits of a Postfix configuration may close it. Each file remedies_*.cc proposes those of
// one kind; what they are worth, the engine says.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/dialect.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/remedies_text.h"
#include "dialects/postfix/table_shelf.h"

namespace relayproof::postfix {

/// The recommended list (SMTPD_ACCESS_README, "Controlling mail relay").
inline constexpr std::string_view recommended_gate =
    "permit_mynetworks permit_sasl_authenticated reject_unauth_destination";

/// What proposers read, and where their proposals go.
class RemedyContext {
 public:
  RemedyContext(const Config& config, TableShelf& shelf, const dialects::RemedyRequest& request)
      : config_(config), shelf_(shelf), request_(request), texts_(shelf.files()) {}

  const Config& config() const { return config_; }
  TableShelf& shelf() { return shelf_; }
  SourceTexts& texts() { return texts_; }
  const dialects::RemedyRequest& request() const { return request_; }

  /// Services that run and take mail from the network: smtpd, and qmqpd where asked for.
  std::vector<const Service*> services(std::string_view command) const;

  /// The first time that it is asked about the setting for the sake of `purpose`: several services
  /// share the lines of main.cf.
  bool is_new(const Setting& setting, std::string_view purpose);
  /// True if one of the causes stands in [begin, end) of the value.
  bool is_cause(const Value& value, std::size_t begin, std::size_t end) const;
  bool is_cause(const SourceRange& where) const;  ///< the same line; same column if both have one
  bool is_cause_in(const Setting& setting) const;

  /// An editor of the setting in which this part of a value is written, and the word's index there.
  struct Spot {
    ListEditor editor;
    std::size_t word = 0;
    std::string setting;  ///< its name
  };
  std::optional<Spot> spot(const Value& value, std::size_t offset);
  std::optional<ListEditor> editor(const Setting& setting);

  /// Remedies without an edit, and those that are proposed already, are left out.
  void propose(std::string says, Edits edits, unsigned cost, std::string asks = {});
  std::vector<dialects::Remedy> take() { return std::move(proposed_); }

 private:
  const Config& config_;
  TableShelf& shelf_;
  const dialects::RemedyRequest& request_;
  SourceTexts texts_;
  std::set<std::string> seen_;
  std::set<std::string> known_;
  std::vector<dialects::Remedy> proposed_;
};

/// mynetworks and other lists of trusted clients: networks that strangers are in go, those stated
/// come; what is an error is written as it was meant.
void propose_networks(RemedyContext& context);
/// Restriction lists: the gate, what stands before it, overrides of master.cf.
void propose_restrictions(RemedyContext& context);
/// Settings of one word that open a way: the SASL mechanisms without a password, source routes.
void propose_settings(RemedyContext& context);
/// Services that need not be reached from outside.
void propose_services(RemedyContext& context);
/// Rows of tables, and words of other lists, that are causes themselves.
void propose_causes(RemedyContext& context);

/// All of it, cheapest first.
std::vector<dialects::Remedy> remedies(const FileSystem& files, const std::string& path,
                                       const Host& host, const dialects::RemedyRequest& request);

/// `postfix check`, `postfix reload`, and postmap for indexed tables among the edited files.
dialects::Upkeep upkeep(const FileSystem& files, const std::string& path, const Host& host,
                        const std::vector<std::string>& edited);

/// `192.168.1.0/24`, `[2001:db8::]/32`, `192.0.2.7`: as mynetworks wants it, host bits zero.
std::string network_text(const mail::Network& network);

}  // namespace relayproof::postfix
