"""`kg serve`."""

from __future__ import annotations

import click

from kg.cli.common import Text, common_options, graph_folder, is_quiet


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--limit", type=click.IntRange(1), default=1500, show_default=True, help="The most nodes of a page.")
@click.option("--hops", type=click.IntRange(1, 9), default=2, show_default=True, help="How far a page reaches.")
@click.option("--focus", type=Text(), default="", metavar="NAME", help="Begin with this entity or paper.")
@common_options
def serve(host: str, port: int, limit: int, hops: int, focus: str) -> None:
    """Show the graph in a browser, also one too large for a file.

    Neighbourhoods come when they are asked for. Only this machine can reach the page, unless --host says otherwise, and
    nothing can be changed through it. Ctrl-C ends.

    \b
    Examples:
      kg serve
      kg serve --port 9000 --focus "Stable Diffusion" --hops 1
    """  # noqa: D301
    from urllib.parse import urlencode

    from kg.find import find
    from kg.serve import server
    from kg.store import Selection, open_graph

    with open_graph(graph_folder()) as whole, whole.select(Selection()) as graph:
        query = "?" + urlencode({"focus": find(whole, focus)[0].id}) if focus else ""
        with server(graph, host=host, port=port, limit=limit, hops=hops) as listening:
            if not is_quiet():
                shown = f"[{host}]" if ":" in host else host
                click.echo(f"http://{shown}:{listening.server_port}/{query}   Ctrl-C ends", err=True)
            try:
                listening.serve_forever()
            except KeyboardInterrupt:
                return
