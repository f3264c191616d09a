#include "synod/trace/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "synod/trace/diagram.hpp"
#include "synod/trace/names.hpp"
#include "synod/trace/style.hpp"

namespace synod::trace {

namespace {

constexpr double kWidthMin = 620;
constexpr double kTitleCharacter = 7.9;
constexpr double kLegendLeft = 20;
constexpr double kLegendLine = 20;
constexpr std::array<std::pair<Kind, std::string_view>, 8> kLegend{{{Kind::submitted, "submits"},
                                                                    {Kind::promised, "promises"},
                                                                    {Kind::accepted, "accepts"},
                                                                    {Kind::chosen, "chosen"},
                                                                    {Kind::decided, "decides"},
                                                                    {Kind::delivered, "delivers"},
                                                                    {Kind::leads, "leads"},
                                                                    {Kind::acknowledged, "is acknowledged"}}};

std::string ballot_class(const std::optional<std::size_t>& ballot) {
    return ballot ? fmt::format(" c{}", *ballot % kBallotStyles) : "";
}

// The sign of each kind of event, about (0, 0).
std::string_view sign_of(Kind kind) noexcept {
    switch (kind) {
        case Kind::submitted:
            return R"(<rect class="mark" x="-3.5" y="-3.5" width="7" height="7"/>)";
        case Kind::acknowledged:
            return R"(<rect class="mark hollow" x="-3.5" y="-3.5" width="7" height="7"/>)";
        case Kind::promised:
            return R"(<circle class="mark hollow" r="4"/>)";
        case Kind::accepted:
            return R"(<circle class="mark" r="4"/>)";
        case Kind::chosen:
            return R"(<path class="mark" d="M0-7 2-2.2 7-2.2 3 1 4.5 6 0 3-4.5 6-3 1-7-2.2-2-2.2Z"/>)";
        case Kind::decided:
            return R"(<path class="mark hollow" d="M0-5.5 5.5 0 0 5.5-5.5 0Z"/>)";
        case Kind::delivered:
            return R"(<path class="mark" d="M0-5.5 5.5 0 0 5.5-5.5 0Z"/>)";
        case Kind::leads:
            return R"(<path class="mark" d="M-5-4.5H5L0 5Z"/>)";
        case Kind::stands_down:
            return R"(<path class="mark hollow" d="M-5-4.5H5L0 5Z"/>)";
        case Kind::crashed:
        case Kind::gave_up:
            return R"(<path class="mark broad ends" d="M-5-5 5 5M5-5-5 5"/>)";
        case Kind::violation:
            return R"(<circle class="ring" r="9"/>)";
        case Kind::paused:
            return R"(<path class="mark broad" d="M-2.5-4V4M2.5-4V4"/>)";
        case Kind::started:
        case Kind::resumed:
            return R"(<path class="mark" d="M-4-4.5 5 0-4 4.5Z"/>)";
        default:
            return "";
    }
}

std::string_view name_of(Layout::State state) noexcept {
    switch (state) {
        case Layout::State::absent:
            return "absent";
        case Layout::State::paused:
            return "paused";
        default:
            return "alive";
    }
}

class Drawing {
public:
    explicit Drawing(const Layout& layout) : layout_(layout) {}

    void lines();
    void bands();
    void band_texts();
    void arrows();
    void marks();
    void axis();
    void names(double y);
    double legend(double y, double width);
    template <typename... Arguments>
    void put(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        fmt::format_to(std::back_inserter(svg_), format, std::forward<Arguments>(arguments)...);
        svg_ += '\n';
    }
    [[nodiscard]] std::string take() { return std::move(svg_); }

private:
    void arrow(const Layout::Arrow& arrow);

    const Layout& layout_;
    std::string svg_;
};

void Drawing::bands() {
    for (const Layout::Band& band : layout_.bands) {
        put(R"(<g class="{}"><rect class="band" x="8" y="{:.1f}" width="{:.1f}" height="16" rx="3"/></g>)",
            band.violation ? "bad" : "", band.y - 12, layout_.width - 16);
    }
}

void Drawing::band_texts() {
    for (const Layout::Band& band : layout_.bands) {
        put(R"(<g class="{}"><text class="across" x="80" y="{:.1f}">{}</text></g>)",
            band.violation ? "bad" : "", band.y, escaped(band.text));
    }
}

void Drawing::lines() {
    for (const Layout::Stretch& s : layout_.stretches) {
        if (s.state == Layout::State::leading) {
            put(R"(<line class="lead{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)",
                ballot_class(s.ballot), s.x, s.from, s.x, s.to);
        }
        put(R"(<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", name_of(s.state), s.x,
            s.from, s.x, s.to);
    }
}

void Drawing::arrows() {
    for (const Layout::Arrow& a : layout_.arrows)
        arrow(a);
}

void Drawing::arrow(const Layout::Arrow& a) {
    const double dx = a.to.x - a.from.x;
    const double dy = a.to.y - a.from.y;
    const double length = std::max(1.0, std::sqrt(dx * dx + dy * dy));
    const double gap = a.lost ? 0 : 4;  // the head ends just before the line
    const double x = a.to.x - dx / length * gap;
    const double y = a.to.y - dy / length * gap;
    put(R"(<g class="arrow{}{}{}{}" data-m="{}"><title>{}</title>)"
        R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)",
        ballot_class(a.ballot), a.listens ? " listens" : "", a.chatter ? " chatter" : "",
        a.lost ? " lost" : "", a.message, escaped(a.hover), a.from.x, a.from.y, x, y);
    if (a.lost) {
        put(R"(<path style="stroke-width:2" d="M{:.1f} {:.1f}l8 8m0-8l-8 8"/></g>)", x - 4, y - 4);
    } else {
        const double angle = std::atan2(dy, dx) * 57.29578;
        put(R"x(<path class="head" transform="translate({:.1f} {:.1f}) rotate({:.1f})" d="M0 0-8-3.4-8 3.4Z"/></g>)x",
            x, y, angle);
    }
}

void Drawing::marks() {
    for (const Layout::Mark& m : layout_.marks) {
        const bool strong = m.kind == Kind::chosen || m.kind == Kind::delivered || m.kind == Kind::leads;
        put(R"x(<g class="event{}{}"><title>{}</title><g transform="translate({:.1f} {:.1f})">{}</g>)x",
            ballot_class(m.ballot), m.chatter ? " chatter" : "", escaped(m.hover), m.at.x, m.at.y,
            sign_of(m.kind));
        if (!m.label.empty()) {
            const double down = m.kind == Kind::sent ? -1.5 : 3.5;  // the arrow begins below its name
            put(R"(<text class="label{}" x="{:.1f}" y="{:.1f}">{}</text>)", strong ? " strong" : "",
                m.at.x + 9, m.at.y + down, escaped(m.label));
        }
        put("</g>");
    }
}

void Drawing::axis() {
    for (const Layout::Tick& tick : layout_.ticks) {
        if (tick.idle) {
            put(R"(<text class="tick" x="60" y="{:.1f}">&#8942; {}</text>)", tick.y + 3.5, tick.text);
            continue;
        }
        put(R"(<line class="grid" x1="66" y1="{0:.1f}" x2="{1:.1f}" y2="{0:.1f}"/>)"
            R"(<text class="tick" x="60" y="{2:.1f}">{3}</text>)",
            tick.y, layout_.width - 8, tick.y + 3.5, tick.text);
    }
}

void Drawing::names(double y) {
    put(R"(<text class="tick" x="60" y="{:.1f}">ms</text>)", y);
    for (const Layout::Lane& lane : layout_.lanes)
        put(R"(<text class="name" x="{:.1f}" y="{:.1f}">{}</text>)", lane.x, y, trace::name_of(lane.who));
}

// Returns where it ends.
double Drawing::legend(double y, double width) {
    double x = kLegendLeft;
    const auto next = [&](std::string_view text, double sign) {
        const double needed = sign + 22 + 6.7 * static_cast<double>(text.size());
        if (x > kLegendLeft && x + needed > width) {
            x = kLegendLeft;
            y += kLegendLine;
        }
        put(R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", x + sign, y + 4, text);
        return std::exchange(x, x + needed);
    };
    for (const auto& [kind, text] : kLegend) {
        const auto is_it = [&kind = kind](const Layout::Mark& mark) { return mark.kind == kind; };
        if (std::none_of(layout_.marks.begin(), layout_.marks.end(), is_it)) continue;
        const double at = next(text, 10);
        put(R"x(<g transform="translate({:.1f} {:.1f})">{}</g>)x", at, y, sign_of(kind));
    }
    for (std::size_t ballot = 0; ballot < std::min(layout_.ballots.size(), kBallotStyles); ++ballot) {
        const double at = next("ballot " + layout_.ballots[ballot], 30);
        put(R"(<g class="arrow{0}"><line x1="{1:.1f}" y1="{3:.1f}" x2="{2:.1f}" y2="{3:.1f}"/></g>)",
            ballot_class(ballot), at - 4, at + 24, y);
    }
    return y + kLegendLine;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '&':
                result += "&amp;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string draw_svg(const Layout& layout, const std::string& title) {
    const double width =
        std::max({layout.width, kWidthMin, 24 + kTitleCharacter * static_cast<double>(title.size())});
    Drawing drawing(layout);
    drawing.axis();
    drawing.names(layout.top - 8);
    drawing.bands();
    drawing.lines();
    drawing.arrows();
    drawing.band_texts();
    drawing.marks();
    const double height = drawing.legend(layout.bottom + 16, width);
    if (!title.empty()) drawing.put(R"(<text class="title" x="12" y="20">{}</text>)", escaped(title));
    return fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" class="synod" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" )"
        R"(height="{1:.0f}"><style>{2}</style><rect class="paper" width="100%" height="100%"/>)"
        "\n{3}</svg>\n",
        width, height, diagram_style(), drawing.take());
}

std::string draw_svg(const std::vector<Event>& events, const DiagramOptions& options) {
    return draw_svg(lay_out(events, options), options.title);
}

}  // namespace synod::trace
