"""`make soak`: README's recipe for PostgreSQL, followed word by word from the wheel, and struck.

`python tests/installed/recipe.py [--seed N] [--share 0.1]`. Two logins, a standby, `pepway migrate`
as the owner of the tables, two web processes and two workers by the login that works; before the
web processes README's proxy, where the machine has nginx. The primary is killed under people at
work, and so are web processes and workers. Figures in the end; exit 1 where something was lost.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom

from cluster import Cluster
from environments import Environment, make_dist
from nginx import PROGRAM, proxy_before
from operators_files import scripts
from over_http import Http
from processes import Processes
from strikes import Setting, Struck, straight_to_them, strike

STOPS, PROMOTIONS, WEB_KILLS, KILLS = 20, 10, 10, 10


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=SystemRandom().randrange(10**9))
    options.add_argument("--share", type=float, default=1.0, help="of the strikes, such as 0.1")
    chosen = options.parse_args()
    before = "README's proxy" if PROGRAM else "no proxy, for nginx is not installed"
    sys.stdout.write(f"the recipe from the wheel, {before}: seed {chosen.seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        environment = Environment(Path(folder) / "venv", make_dist(Path(folder) / "dist"))
        struck = follow(environment, chosen.seed, chosen.share)
    sys.stdout.write(f"{struck}\n" + "".join(f"{each}\n" for each in struck.wrong[:20]))
    return 1 if struck.wrong else 0


def follow(environment: Environment, seed: int, share: float) -> Struck:
    stops, promotions, web_kills, kills = (
        max(1, round(each * share)) for each in (STOPS, PROMOTIONS, WEB_KILLS, KILLS)
    )
    cluster = Cluster()
    cluster.start()
    try:
        cluster.primary.shell(scripts("PostgreSQL")[0])
        address = cluster.address("pepway")
        owner, works = (address.replace("//pepway@", f"//{name}@")
                        for name in ("pepway_owner", "pepway_web"))
        with tempfile.TemporaryDirectory() as folder:
            migrating = Processes(owner, Path(folder), environment.pepway)
            assert migrating.run("migrate") == 0, (Path(folder) / "said").read_text()
        return strike(cluster, seed, stops=stops, promotions=promotions, kills=kills,
                      setting=Setting(works, environment.pepway,
                                      through_the_proxy if PROGRAM else straight_to_them,
                                      web_kills if PROGRAM else 0))
    finally:
        cluster.stop()


@contextmanager
def through_the_proxy(first: int, second: int) -> Iterator[list[Http]]:
    with (tempfile.TemporaryDirectory() as folder,
          proxy_before(first, second, Path(folder)) as port):
        yield [Http(port, encrypted=True), Http(port, encrypted=True)]


if __name__ == "__main__":
    sys.exit(main())
