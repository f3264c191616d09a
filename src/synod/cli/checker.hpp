#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "synod/cli/line_file.hpp"

namespace synod::cli {

enum class Verdict { ok, incomplete, violated };

std::string_view name_of(Verdict verdict);
// What a command exits with: 0, 3, 1.
int exit_status_of(Verdict verdict);
inline Verdict worse(Verdict a, Verdict b) {
    return a < b ? b : a;
}

// A file of values, and what is known about the process behind it.
struct CheckedFile {
    std::string path;
    bool killed = false;  // a client's values may then be missing from some place on; so may a learner's
};

struct CheckInput {
    std::vector<CheckedFile> submitted;  // one a client
    std::vector<CheckedFile> learned;    // one a learner
};

// One thing that is wrong, in words: the place, the value, what was expected.
struct Finding {
    Verdict severity = Verdict::violated;
    std::string text;
};

struct CheckResult {
    Verdict verdict = Verdict::ok;
    std::uint64_t submitted = 0;
    std::uint64_t delivered = 0;  // by the learner (not killed) that delivered least
    std::uint64_t delivered_bytes = 0;
    std::uint64_t lost = 0;        // submitted, never delivered by that learner (killed clients' not counted)
    std::uint64_t duplicated = 0;  // delivered more often than submitted
    std::uint64_t foreign = 0;     // delivered, never submitted
    std::uint64_t misordered = 0;  // delivered against the order of their client
    std::uint64_t repeats = 0;     // submitted values that equal an earlier one, which is legal
    std::vector<Finding> findings;  // a few of each kind
};

// What atomic broadcast promises, held against what learners wrote: total order (one sequence for all),
// integrity (only what was submitted), exactly once (as often as submitted), each client's order, and
// agreement (all of it). Throws UsageError when a file cannot be read.
CheckResult check(const CheckInput& input);

// The files of a run: DIR/client-<id>.submitted, DIR/learner-<id>.learned, and DIR/run.json for who was
// killed. Throws UsageError when there are none.
CheckInput files_of_run(const std::string& directory);

}  // namespace synod::cli
