"""A process of the product, without a web server, that does what a line on its standard input says.

Several at once are the workers of a measurement. What they do stands in the modules beside this one.
"""

import django


def main() -> None:
    """Start the product, and do one thing after the other."""
    django.setup()
    from config.bench import clockwork, deadlines, idling, knowing, mailing, recounting
    from config.bench.generator import serve

    serve(
        {
            "begin": lambda _order: {},
            "lay deadlines": deadlines.lay,
            "fire deadlines": deadlines.fire,
            "fire bare ones": deadlines.fire_bare,
            "count what fired": deadlines.count,
            "tick idly": idling.tick,
            "time a clock": clockwork.time_one,
            "wind clocks": recounting.wind_all,
            "recount": recounting.recount,
            "post mails": mailing.post,
            "mail": mailing.deliver,
            "count waiting mails": mailing.left,
            "mail bare ones": mailing.deliver_bare,
            "lay articles": knowing.lay_articles,
            "type": lambda order: {"texts": knowing.typed(order["count"])},
            "suggest barely": knowing.suggest_barely,
            "tell a workaround": knowing.raise_and_tell,
            "bring workarounds": knowing.bring,
            "count who was told": knowing.count_told,
            "search clusters": knowing.search_clusters,
            "forget problems": knowing.forget,
            "clear": deadlines.clear,
        }
    )


if __name__ == "__main__":
    main()
