#include "synod/cli/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "synod/cli/text.hpp"

namespace synod::cli {
namespace {

constexpr std::size_t kNamedMax = 5;  // findings of one kind

// One occurrence of a value: in the learner's file (kLearner) or in a client's.
struct Occurrence {
    std::uint64_t hash;
    std::uint32_t file;
    std::uint32_t may_be_missing;
    std::size_t index;
};
constexpr std::uint32_t kLearner = 0;

bool by_value_file_place(const Occurrence& a, const Occurrence& b) {
    return std::tie(a.hash, a.file, a.index) < std::tie(b.hash, b.file, b.index);
}

// A value that occurs once in all clients' files and once in the learner's: its order can be checked by
// itself.
struct Pair {
    std::size_t learned;
    std::uint32_t client;
    std::size_t submitted;
};

class Explainer {
public:
    Explainer(const LineFile& learner, const std::vector<LineFile>& clients,
              const std::vector<Submissions>& submissions)
        : learner_(learner), clients_(clients) {
        add_occurrences(learner.hashes(), kLearner, false);
        for (std::size_t i = 0; i < clients.size(); ++i)
            add_occurrences(submissions[i].values, static_cast<std::uint32_t>(i + 1),
                            submissions[i].may_stop_early);
        std::sort(occurrences_.begin(), occurrences_.end(), by_value_file_place);
    }

    Explanation run(const Interleaving& found) {
        for (std::size_t begin = 0, end = 0; begin < occurrences_.size(); begin = end) {
            while (end < occurrences_.size() && occurrences_[end].hash == occurrences_[begin].hash)
                ++end;
            compare_counts({occurrences_.data() + begin, end - begin});
        }
        check_order();
        name_wrong_counts();
        if (result_.findings.empty())
            explain_repeated_values(found);
        else if (!missing_.empty() && pairs_.size() + foreign_.size() < learner_.size())
            add(Verdict::incomplete,
                fmt::format("{}: since values are missing, the order of those that occur more "
                            "than once was not checked",
                            learner_.path()));
        return std::move(result_);
    }

private:
    void add_occurrences(std::span<const std::uint64_t> hashes, std::uint32_t file, bool may_be_missing) {
        occurrences_.reserve(occurrences_.size() + hashes.size());
        for (std::size_t i = 0; i < hashes.size(); ++i)
            occurrences_.push_back({hashes[i], file, may_be_missing ? 1U : 0U, i});
    }

    // All occurrences of one value: the learner's first, then the clients'.
    void compare_counts(std::span<const Occurrence> all) {
        const auto first_submitted =
            std::find_if(all.begin(), all.end(), [](const Occurrence& o) { return o.file != kLearner; });
        const std::span<const Occurrence> learned(all.begin(), first_submitted);
        const std::span<const Occurrence> submitted(first_submitted, all.end());
        if (submitted.empty()) {
            foreign_.insert(foreign_.end(), learned.begin(), learned.end());
            return;
        }
        if (learned.size() > submitted.size())
            duplicated_.insert(duplicated_.end(),
                               learned.begin() + static_cast<std::ptrdiff_t>(submitted.size()),
                               learned.end());
        count_missing(learned.size(), submitted);
        if (learned.size() == 1 && submitted.size() == 1)
            pairs_.push_back({learned[0].index, submitted[0].file - 1, submitted[0].index});
    }

    void count_missing(std::size_t learned, std::span<const Occurrence> submitted) {
        std::size_t needed = 0;
        for (const Occurrence& o : submitted)
            needed += o.may_be_missing == 0 ? 1 : 0;
        for (auto o = submitted.rbegin(); o != submitted.rend() && needed > learned; ++o)
            if (o->may_be_missing == 0) {
                missing_.push_back(*o);
                --needed;
            }
    }

    void add(Verdict severity, std::string text) { result_.findings.push_back({severity, std::move(text)}); }

    void name_wrong_counts() {
        result_.foreign = foreign_.size();
        result_.duplicated = duplicated_.size();
        result_.lost = missing_.size();
        name_first(foreign_, Verdict::violated, "was delivered, but never submitted");
        name_first(duplicated_, Verdict::violated, "was delivered more often than it was submitted");
        name_first(missing_, Verdict::incomplete, "was never delivered in " + learner_.path());
    }

    void name_first(std::vector<Occurrence>& wrong, Verdict severity, const std::string& what) {
        const std::size_t named = std::min(wrong.size(), kNamedMax);
        std::partial_sort(wrong.begin(), wrong.begin() + static_cast<std::ptrdiff_t>(named), wrong.end(),
                          [](const auto& a, const auto& b) {
                              return std::tie(a.index, a.file) < std::tie(b.index, b.file);
                          });
        for (std::size_t i = 0; i < named; ++i) {
            const LineFile& file = wrong[i].file == kLearner ? learner_ : clients_[wrong[i].file - 1];
            add(severity, fmt::format("{}: {} {}", file.place(wrong[i].index),
                                      shown(file.value(wrong[i].index)), what));
        }
        if (wrong.size() > named)
            add(severity, fmt::format("{} more values: each {}", wrong.size() - named, what));
    }

    // Values delivered before one that their client submitted earlier.
    void check_order() {
        std::sort(pairs_.begin(), pairs_.end(),
                  [](const Pair& a, const Pair& b) { return a.learned < b.learned; });
        std::vector<const Pair*> last(clients_.size(), nullptr);
        for (const Pair& pair : pairs_) {
            const Pair*& before = last[pair.client];
            if (before == nullptr || before->submitted < pair.submitted) {
                before = &pair;
            } else if (result_.misordered++ < kNamedMax) {
                name_misordered(*before, pair);
            }
        }
        if (result_.misordered > kNamedMax)
            add(Verdict::violated, fmt::format("{} more values are out of their client's order",
                                               result_.misordered - kNamedMax));
    }

    void name_misordered(const Pair& early, const Pair& late) {
        const LineFile& client = clients_[late.client];
        add(Verdict::violated,
            fmt::format("{}: {} comes after {} ({}), but was submitted before it ({}, {})",
                        learner_.place(late.learned), shown(learner_.value(late.learned)),
                        shown(learner_.value(early.learned)), learner_.place(early.learned),
                        client.place(late.submitted), client.place(early.submitted)));
    }

    // The values are the right ones, and those that occur once are in order.
    void explain_repeated_values(const Interleaving& found) {
        if (found.outcome == Interleaving::Outcome::not_decidable) {
            add(Verdict::incomplete,
                fmt::format(
                    "{}: every value was delivered as often as it was submitted, but whether each "
                    "client's order was kept is not decidable cheaply: too many equal values in several "
                    "clients",
                    learner_.path()));
            return;
        }
        result_.misordered = 1;
        add(Verdict::violated,
            fmt::format("{}: {}: no interleaving of the clients' sequences goes on like this",
                        learner_.place(found.furthest), shown(learner_.value(found.furthest))));
    }

    const LineFile& learner_;
    const std::vector<LineFile>& clients_;
    std::vector<Occurrence> occurrences_;
    std::vector<Pair> pairs_;
    std::vector<Occurrence> foreign_;
    std::vector<Occurrence> duplicated_;
    std::vector<Occurrence> missing_;
    Explanation result_;
};

}  // namespace

Explanation explain_missing(const LineFile& learner, const std::vector<LineFile>& clients,
                            const std::vector<Submissions>& submissions, const Interleaving& found) {
    Explanation result;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        const std::size_t first = found.taken[i];
        const std::size_t missing = clients[i].size() - first;
        if (missing == 0 || submissions[i].may_stop_early) continue;
        result.lost += missing;
        result.findings.push_back(
            {Verdict::incomplete,
             fmt::format("{}: {} was never delivered in {}{}", clients[i].place(first),
                         shown(clients[i].value(first)), learner.path(),
                         missing == 1 ? "" : fmt::format(", nor were {} values after it", missing - 1))});
    }
    return result;
}

Explanation explain_sequence(const LineFile& learner, const std::vector<LineFile>& clients,
                             const std::vector<Submissions>& submissions, const Interleaving& found) {
    return Explainer(learner, clients, submissions).run(found);
}

}  // namespace synod::cli
