"""Rebond without a network: links, their browsers, a network full of faults and a server, all in virtual time.

The machine of every link and the server's session are those that ship; what is around them is a model. It has no clock,
no I/O and no randomness but that of the seed, so a run can be repeated to the letter, in CPython or in a page.
:class:`rebond.simulation.world.World` puts it together.
"""
