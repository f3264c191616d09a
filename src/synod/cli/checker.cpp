#include "synod/cli/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "synod/cli/explanation.hpp"
#include "synod/cli/interleaving.hpp"
#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

using Hashes = std::span<const std::uint64_t>;

std::vector<LineFile> open_all(const std::vector<CheckedFile>& files, bool may_be_cut) {
    std::vector<LineFile> opened;
    opened.reserve(files.size());
    for (const CheckedFile& file : files)
        opened.emplace_back(file.path, may_be_cut && file.killed ? LineFile::LastLine::dropped_when_cut
                                                                 : LineFile::LastLine::whole);
    return opened;
}

// How many of all values equal an earlier one. Sorted bucket by bucket, which stays in the cache.
std::uint64_t count_repeats(const std::vector<LineFile>& files) {
    constexpr std::size_t kBuckets = 1024;
    std::vector<std::vector<std::uint64_t>> buckets(kBuckets);
    for (const LineFile& file : files)
        for (const std::uint64_t hash : file.hashes())
            buckets[hash >> 54].push_back(hash);
    std::uint64_t repeats = 0;
    for (auto& bucket : buckets) {
        std::sort(bucket.begin(), bucket.end());
        const auto distinct = std::unique(bucket.begin(), bucket.end()) - bucket.begin();
        repeats += bucket.size() - static_cast<std::size_t>(distinct);
    }
    return repeats;
}

std::size_t common_prefix(Hashes a, Hashes b) {
    const auto [end, ignored] = std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin());
    return static_cast<std::size_t>(end - a.begin());
}

class Checker {
public:
    explicit Checker(const CheckInput& input)
        : input_(input),
          clients_(open_all(input.submitted, false)),
          learners_(open_all(input.learned, true)) {
        for (std::size_t i = 0; i < clients_.size(); ++i)
            submissions_.push_back({clients_[i].hashes(), input.submitted[i].killed});
    }

    CheckResult run() {
        for (const LineFile& client : clients_)
            result_.submitted += client.size();
        result_.repeats = count_repeats(clients_);
        if (!learners_.empty()) {
            check_learners();
            count_delivered();
        }
        return std::move(result_);
    }

private:
    void add(Verdict severity, std::string text) {
        result_.verdict = worse(result_.verdict, severity);
        result_.findings.push_back({severity, std::move(text)});
    }

    // Whoever learned most is held against the clients, the others against it.
    void check_learners() {
        for (std::size_t i = 1; i < learners_.size(); ++i)
            if (learners_[i].size() > learners_[reference_].size()) reference_ = i;
        for (std::size_t i = 0; i < learners_.size(); ++i)
            if (i != reference_) check_agreement(i);
        check_against_clients(reference_, true);
    }

    void check_agreement(std::size_t index) {
        const LineFile& learner = learners_[index];
        const LineFile& reference = learners_[reference_];
        const std::size_t same = common_prefix(learner.hashes(), reference.hashes());
        if (same < learner.size()) {
            add(Verdict::violated,
                fmt::format("{}: {}, but {}: {}: the learners disagree on the order", learner.place(same),
                            shown(learner.value(same)), reference.place(same), shown(reference.value(same))));
            check_against_clients(index, true);
        } else if (same < reference.size() && !input_.learned[index].killed) {
            add(Verdict::incomplete,
                fmt::format("{} ends after {} values; {}: {} is missing there", learner.path(), same,
                            reference.place(same), shown(reference.value(same))));
            check_against_clients(index, false);
        }
    }

    // Counts what is wrong with one learner's sequence; with `findings` says it, too.
    void check_against_clients(std::size_t index, bool findings) {
        const LineFile& learner = learners_[index];
        const Interleaving found = find_interleaving(learner.hashes(), submissions_);
        if (found.outcome == Interleaving::Outcome::complete) return;
        const Explanation why = found.outcome == Interleaving::Outcome::prefixes
                                    ? explain_missing(learner, clients_, submissions_, found)
                                    : explain_sequence(learner, clients_, submissions_, found);
        result_.lost = std::max(result_.lost, input_.learned[index].killed ? 0 : why.lost);
        result_.duplicated = std::max(result_.duplicated, why.duplicated);
        result_.foreign = std::max(result_.foreign, why.foreign);
        result_.misordered = std::max(result_.misordered, why.misordered);
        for (const Finding& finding : why.findings)
            if (findings && !(input_.learned[index].killed && finding.severity == Verdict::incomplete))
                add(finding.severity, finding.text);
    }

    void count_delivered() {
        std::optional<std::size_t> least;
        for (std::size_t i = 0; i < learners_.size(); ++i)
            if (!input_.learned[i].killed && (!least || learners_[i].size() < learners_[*least].size()))
                least = i;
        if (!least) least = reference_;
        result_.delivered = learners_[*least].size();
        result_.delivered_bytes = learners_[*least].value_bytes();
    }

    const CheckInput& input_;
    std::vector<LineFile> clients_;
    std::vector<LineFile> learners_;
    std::vector<Submissions> submissions_;
    std::size_t reference_ = 0;
    CheckResult result_;
};

}  // namespace

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return "ok";
        case Verdict::incomplete:
            return "incomplete";
        default:
            return "violated";
    }
}

int exit_status_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok:
            return 0;
        case Verdict::incomplete:
            return 3;
        default:
            return 1;
    }
}

CheckResult check(const CheckInput& input) {
    return Checker(input).run();
}

}  // namespace synod::cli
