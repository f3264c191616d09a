#include "synod/cli/kv_command.hpp"

#include <editline/readline.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "synod/cli/kv_client.hpp"
#include "synod/cli/text.hpp"
#include "synod/rsm/inline_command.hpp"

namespace synod::cli {
namespace {

constexpr int kErrorReply = 1;
constexpr int kUsage = 2;
constexpr int kNoAnswer = 3;
constexpr int kHistoryMax = 1000;
constexpr const char* kHelp =
    "Operations are those of Redis: SET key value, GET key, INCR counter, MGET a b, KEYS *, TTL key, ...\n"
    "Words with white space stand in quotes. An empty line does nothing; quit, or Ctrl-D, ends.\n";

struct FreeLine {
    void operator()(char* line) const noexcept { std::free(line); }  // NOLINT: libedit allocated it
};

// Runs operations and prints what comes of them.
class Kv {
public:
    Kv(const ClientConfiguration& configuration, const KvOptions& given)
        : client_(configuration, given.timeout), json_(given.json) {}

    int run(const std::vector<std::string>& words) {
        try {
            const RedisReply reply = client_.run(words);
            print(reply);
            return reply.is_error() ? kErrorReply : 0;
        } catch (const UsageError& error) {
            fail(error.what());
            return kUsage;
        } catch (const KvFailure& failure) {
            fail(failure.what());
            return kNoAnswer;
        }
    }
    // A line that a person wrote. Nothing: it holds no operation.
    std::optional<int> run_line(const std::string& line) {
        std::vector<std::string> words;
        if (!rsm::split_words(line, words)) {
            fail(fmt::format("{}: a quote is not closed", shown(line)).c_str());
            return kUsage;
        }
        if (words.empty() || words[0].starts_with('#')) return std::nullopt;
        return run(words);
    }

private:
    void print(const RedisReply& reply) const {
        if (json_) {
            nlohmann::ordered_json json{{"ok", !reply.is_error()}};
            json[reply.is_error() ? "error" : "value"] = json_of(reply);
            print_json(json);
        } else if (reply.is_error()) {
            fmt::print(stderr, "{}\n", text_of(reply));
        } else {
            fmt::print("{}\n", text_of(reply));
        }
        std::fflush(stdout);
    }
    void fail(const char* what) const {
        if (json_)
            print_json({{"ok", false}, {"error", what}});
        else
            fmt::print(stderr, "synod kv: {}\n", what);
    }
    static void print_json(const nlohmann::ordered_json& json) {
        fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }

    KvClient client_;
    bool json_;
};

// Whatever fails, the lines after it are run, unless no server answers.
int run_lines(Kv& kv, std::istream& lines) {
    int worst = 0;
    for (std::string line; worst != kNoAnswer && std::getline(lines, line);)
        worst = std::max(worst, kv.run_line(line).value_or(0));
    return worst;
}

std::string history_path() {
    const char* home = std::getenv("HOME");
    return home == nullptr ? std::string() : std::string(home) + "/.synod_history";
}

// Without a locale that has characters beyond ASCII, libedit drops them.
void choose_characters() {
    const char* locale = std::setlocale(LC_CTYPE, "");
    if (locale == nullptr || std::string_view(locale) == "C") std::setlocale(LC_CTYPE, "C.UTF-8");
}

int prompt(Kv& kv) {
    choose_characters();
    const std::string history = history_path();
    using_history();
    stifle_history(kHistoryMax);
    if (!history.empty()) read_history(history.c_str());
    while (const std::unique_ptr<char, FreeLine> line{readline("synod> ")}) {
        const std::string text = line.get();
        if (text == "quit" || text == "exit") break;
        if (text == "help") {
            fmt::print("{}", kHelp);
        } else if (kv.run_line(text)) {
            add_history(text.c_str());
        }
    }
    if (!history.empty()) write_history(history.c_str());
    return 0;
}

// No operation begins so.
void expect_no_option(const std::vector<std::string>& words) {
    if (!words.empty() && words[0].starts_with('-'))
        throw UsageError(
            fmt::format("kv: {} is no option, or stands too late: options come first, then the "
                        "configuration, then the operation (synod kv --help)",
                        shown(words[0])));
}

int run_file(Kv& kv, const std::string& path) {
    if (path == "-") return run_lines(kv, std::cin);
    std::ifstream lines(path);
    if (!lines) throw UsageError(fmt::format("kv: cannot read {}", shown(path, 200)));
    return run_lines(kv, lines);
}

}  // namespace

int kv_command(const KvOptions& given) {
    std::vector<std::string> words = given.words;
    std::string path = "client.config.json";
    expect_no_option(words);
    if (!words.empty() && words[0].ends_with(".json")) {
        path = words[0];
        words.erase(words.begin());
        expect_no_option(words);
    }
    Kv kv(read_client_configuration(path), given);
    if (!words.empty() && given.file) throw UsageError("kv: an operation, or --file, and not both");
    if (!words.empty()) return kv.run(words);
    if (given.file) return run_file(kv, *given.file);
    return isatty(STDIN_FILENO) == 1 ? prompt(kv) : run_lines(kv, std::cin);
}

}  // namespace synod::cli
