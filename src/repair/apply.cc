#include "repair/apply.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "repair/command.h"
#include "repair/index.h"
#include "repair/refusal.h"
#include "repair/transaction.h"

namespace relayproof::repair {
namespace {

using dialects::Upkeep;

constexpr std::size_t longest_word = 300;

std::string command_text(const Upkeep::Command& command) {
  return fmt::format("{}", fmt::join(command, " "));
}

// The first line that a program said, harmless.
std::string first_words(const Ended& ended) {
  const auto said = trim(ended.said);
  return escape_foreign(said.substr(0, said.find('\n')), longest_word);
}

Upkeep upkeep_of(const Subject& subject, const std::vector<std::string>& edited) {
  if (subject.dialect->upkeep == nullptr) return {};
  return subject.dialect->upkeep(*subject.files, subject.path, subject.host, edited);
}

Result<std::vector<Replacement>> replacements_of(const Way& way) {
  std::vector<Replacement> all;
  for (const auto& file : way.files) {
    const auto path = real_path(file.path);
    if (!path) return tl::unexpected(path.error());
    if (const auto error = not_replaceable(*path)) return tl::unexpected(*error);
    if (const auto why = refusal_of(*path, file.before)) return failure(*why, {*path, 0, 0});
    all.push_back({*path, file.before, file.after, false});
  }
  return all;
}

// What the server itself says of its files. Nothing of it if it is not here or not ours to ask.
Result<bool> check(const Upkeep& due, std::vector<std::string>& told) {
  for (const auto& command : due.check) {
    if (::geteuid() != 0) {
      told.push_back(command_text(command) + ": not run, which takes root");
      continue;
    }
    const auto ended = run_command(command);
    if (!ended) {
      told.push_back(command.front() + " is not installed here: not asked");
      continue;
    }
    if (ended->status != 0) {
      return failure(command_text(command) + " refuses it: " + first_words(*ended));
    }
    const auto words = first_words(*ended);
    told.push_back(command_text(command) + ": fine" + (words.empty() ? "" : " (" + words + ")"));
  }
  return true;
}

Result<bool> prove(const Subject& subject, const ApplyOptions& options) {
  const auto loaded = load_with(subject, {});
  if (!loaded) return tl::unexpected(loaded.error());
  if (is_mended(questions::audit(*loaded, options.audit))) return true;
  return failure("what is on disk now is not proved closed");
}

tl::unexpected<Error> put_back_after(const Error& error, const std::string& folder) {
  const auto back = is_unfinished(folder) ? put_back(folder) : undo(folder);
  if (back) return failure(to_string(error) + "; everything is put back");
  return failure(to_string(error) + "; and putting back failed: " + to_string(back.error()) +
                 "; run relayproof fix --undo");
}

bool runs(const Upkeep& due) {
  return std::all_of(due.status.begin(), due.status.end(), [](const Upkeep::Command& command) {
    const auto ended = run_command(command);
    return ended && ended->status == 0;
  });
}

Result<std::string> reload(const Upkeep& due) {
  if (due.reload.empty())
    return std::string("how to reload this server is not known: do it yourself");
  if (!runs(due)) return std::string("the server does not run: nothing to reload");
  for (const auto& command : due.reload) {
    const auto ended = run_command(command);
    if (!ended) return failure(command.front() + " cannot be run");
    if (ended->status != 0) {
      return failure(command_text(command) + " failed: " + first_words(*ended));
    }
  }
  return std::string("reloaded");
}

// Kept for --undo, and if the server does not take it, taken back.
Result<bool> reload_or_undo(const Upkeep& due, const std::string& folder, Applied& to) {
  const auto done = reload(due);
  if (done) {
    to.told.push_back(*done);
    to.reloaded = *done == "reloaded";
    return true;
  }
  const auto back = undo(folder);
  if (!back) {
    return failure(to_string(done.error()) +
                   "; and putting back failed: " + to_string(back.error()));
  }
  const auto again = reload(due);
  return failure(to_string(done.error()) + "; everything is put back" +
                 (again ? "" : ", but the server could not be told: " + to_string(again.error())));
}

}  // namespace

Result<Applied> apply(const Subject& subject, const Way& way, const ApplyOptions& options) {
  auto replacements = replacements_of(way);
  if (!replacements) return tl::unexpected(replacements.error());
  std::vector<std::string> edited;
  for (const auto& file : way.files) edited.push_back(file.path);
  const auto due = upkeep_of(subject, edited);
  const auto indexes = indexes_of(due, way);
  if (!indexes) return tl::unexpected(indexes.error());
  replacements->insert(replacements->end(), indexes->begin(), indexes->end());

  const auto backups = replace_all(options.folder, options.stamp, *replacements);
  if (!backups) return tl::unexpected(backups.error());
  Applied applied;
  for (std::size_t i = 0; i < replacements->size(); ++i) {
    applied.files.push_back({(*replacements)[i].path, (*backups)[i]});
  }
  auto good = check(due, applied.told);
  if (good) good = prove(subject, options);
  if (good) good = keep(options.folder);
  if (!good) return put_back_after(good.error(), options.folder);
  if (options.reload) {
    const auto done = reload_or_undo(due, options.folder, applied);
    if (!done) return tl::unexpected(done.error());
  }
  return applied;
}

Result<std::string> reload(const Subject& subject) { return reload(upkeep_of(subject, {})); }

}  // namespace relayproof::repair
