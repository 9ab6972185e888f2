"""Workers that notice in seconds what takes others half a minute."""

from engine.background.distributed import Pace

QUICK = Pace(heartbeat=1, stalled=2, rescue=1, reconnect=0.2, again=1)
