#pragma once

#include <string>

#include "synod/cli/process.hpp"
#include "synod/cli/run_options.hpp"

namespace synod::cli {

// Where a run writes, and what it prepares there. Nobody else writes there as long as this lives.
class LogDirectory {
public:
    // Takes the directory (another one, when a run uses it and it was not asked for), empties it of what
    // an earlier run left. Throws UsageError.
    explicit LogDirectory(const RunOptions& options);
    ~LogDirectory() { forget_cluster(); }
    LogDirectory(const LogDirectory&) = delete;
    LogDirectory& operator=(const LogDirectory&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    // logs/acceptor-2<suffix>
    [[nodiscard]] std::string file_of(Role role, unsigned id, std::string_view suffix) const;

    // The configuration of this run: four free ports and a name that no other run has. Throws UsageError when
    // the processes could not read it.
    void write_configuration(const RunOptions& options);
    // What each client will read from its standard input.
    void write_submissions(const RunOptions& options) const;
    // Once every process has ended: removes the directory in which they met. No other run's will meet there.
    void forget_cluster();
    void write(const std::string& name, const std::string& text) const;

private:
    bool take(const std::string& path);
    void remove_old_files() const;

    std::string path_;
    std::string cluster_;
    OwnedFd lock_;
};

// Opens a file, or throws UsageError; close-on-exec.
OwnedFd open_to_read(const std::string& path);
OwnedFd open_to_write(const std::string& path);

}  // namespace synod::cli
