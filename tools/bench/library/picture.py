"""Bars, drawn as SVG: no library, two colours and a grey, the figure at the end of each bar."""

INK, GREY, OWN, PEERS = "#1f2933", "#7b8794", "#d9480f", ["#748ffc", "#b2bec8"]


def bars(title, unit, groups, names):
    """`groups` are pairs of a label and the values of `names`, None where there is none."""
    left, width, thick, gap, top = 190, 720, 14, 14, 64
    largest = max(value for _, values in groups for value in values if value)
    colours = [OWN, *PEERS]
    parts, y = [], top
    for label, values in groups:
        shown = [(value, colours[index]) for index, value in enumerate(values) if value]
        middle = y + len(shown) * (thick + 2) / 2 + 3
        parts.append(f'<text x="{left - 12}" y="{middle:.1f}" text-anchor="end" fill="{INK}">{label}</text>')
        for value, colour in shown:
            length = max(1, value / largest * (width - left - 90))
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{thick}" rx="2" fill="{colour}"/>')
            parts.append(f'<text x="{left + length + 6:.1f}" y="{y + 11}" fill="{GREY}" font-size="11">{value:,.0f}</text>')
            y += thick + 2
        y += gap
    legend, x = [], left
    for name, colour in zip(names, colours):
        legend.append(f'<rect x="{x}" y="38" width="10" height="10" rx="2" fill="{colour}"/>')
        legend.append(f'<text x="{x + 15}" y="47" fill="{INK}">{name}</text>')
        x += 30 + 8 * len(name)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" viewBox="0 0 {width} {y}" '
            f'font-family="system-ui, sans-serif" font-size="12"><rect width="{width}" height="{y}" fill="#ffffff"/>'
            f'<text x="{left}" y="24" fill="{INK}" font-size="15" font-weight="600">{title}</text>'
            f'<text x="{width - 12}" y="24" text-anchor="end" fill="{GREY}">{unit}</text>'
            + "".join(legend) + "".join(parts) + "</svg>\n")


def heads(rows):
    groups = [(f"{row['head']}, {row['bytes']} bytes", [row["ns"], row.get("nio_ns")]) for row in rows]
    return bars("Parsing one head", "nanoseconds, less is better", groups, ["postinvoke", "SwiftNIO"])


def server(rows, median):
    names = list(rows[0]["runs"])
    groups = [(f"{row['connections']:,} connection{'s' if row['connections'] > 1 else ''}" + (", pipelined" if row["pipelined"] else ""),
               [median([run[0] for run in row["runs"][name]]) for name in names]) for row in rows]
    return bars("A fixed 200 on one core", "requests a second, more is better", groups, names)
