<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n channel(s)</source>
        <translation>
            <numerusform>%n channel</numerusform>
            <numerusform>%n channels</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to check</source>
        <translation>
            <numerusform>%n to check</numerusform>
            <numerusform>%n to check</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n used</source>
        <translation>
            <numerusform>%n used</numerusform>
            <numerusform>%n used</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed</source>
        <translation>
            <numerusform>%n changed</numerusform>
            <numerusform>%n changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n map(s)</source>
        <translation>
            <numerusform>%n map</numerusform>
            <numerusform>%n maps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were up to date already.</source>
        <translation>
            <numerusform>%n was up to date already.</numerusform>
            <numerusform>%n were up to date already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s)</source>
        <translation>
            <numerusform>%n material</numerusform>
            <numerusform>%n materials</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written</source>
        <translation>
            <numerusform>%n file written</numerusform>
            <numerusform>%n files written</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were up to date already</source>
        <translation>
            <numerusform>%n was up to date already</numerusform>
            <numerusform>%n were up to date already</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Trained for {steps:,} step(s)</source>
        <translation>
            <numerusform>Trained for {steps:,} step</numerusform>
            <numerusform>Trained for {steps:,} steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to open %n item(s)</source>
        <translation>
            <numerusform>Drop to open %n item</numerusform>
            <numerusform>Drop to open %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) are open already.</source>
        <translation>
            <numerusform>%n material is open already.</numerusform>
            <numerusform>%n materials are open already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) opened.</source>
        <translation>
            <numerusform>%n material opened.</numerusform>
            <numerusform>%n materials opened.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them have files to check.</source>
        <translation>
            <numerusform>One of them has files to check.</numerusform>
            <numerusform>%n of them have files to check.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) can&apos;t be read; see Maps.</source>
        <translation>
            <numerusform>%n file can&apos;t be read; see Maps.</numerusform>
            <numerusform>%n files can&apos;t be read; see Maps.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The files of %n material(s) are not where they were.</source>
        <translation>
            <numerusform>The files of %n material are not where they were.</numerusform>
            <numerusform>The files of %n materials are not where they were.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of {material} were found in {folder}.</source>
        <translation>
            <numerusform>%n file of {material} was found in {folder}.</numerusform>
            <numerusform>%n files of {material} were found in {folder}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more material(s) moved along.</source>
        <translation>
            <numerusform>%n more material moved along.</numerusform>
            <numerusform>%n more materials moved along.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) have their files again.</source>
        <translation>
            <numerusform>%n material has its files again.</numerusform>
            <numerusform>%n materials have their files again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Locate the files of %n material(s)</source>
        <translation>
            <numerusform>Locate the files of %n material</numerusform>
            <numerusform>Locate the files of %n materials</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>CPU, %n core(s)</source>
        <translation>
            <numerusform>CPU, %n core</numerusform>
            <numerusform>CPU, %n cores</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>%n minute ago</numerusform>
            <numerusform>%n minutes ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>%n hour ago</numerusform>
            <numerusform>%n hours ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) of “{project}” will go on when it is opened again.</source>
        <translation>
            <numerusform>A run of “{project}” will go on when it is opened again.</numerusform>
            <numerusform>%n runs of “{project}” will go on when it is opened again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) of “{project}” will go on when it is opened again.</source>
        <translation>
            <numerusform>%n job of “{project}” will go on when it is opened again.</numerusform>
            <numerusform>%n jobs of “{project}” will go on when it is opened again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) wait in the queue since last time.</source>
        <translation>
            <numerusform>%n job waits in the queue since last time.</numerusform>
            <numerusform>%n jobs wait in the queue since last time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{names} and %n more</source>
        <translation>
            <numerusform>{names} and %n more</numerusform>
            <numerusform>{names} and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) were interrupted and can be resumed: see Runs.</source>
        <translation>
            <numerusform>A run was interrupted and can be resumed: see Runs.</numerusform>
            <numerusform>%n runs were interrupted and can be resumed: see Runs.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) wait in the queue since last time.</source>
        <translation>
            <numerusform>A run waits in the queue since last time.</numerusform>
            <numerusform>%n runs wait in the queue since last time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s) have a result with these settings already and were left out.</source>
        <translation>
            <numerusform>%n material has a result with these settings already and was left out.</numerusform>
            <numerusform>%n materials have a result with these settings already and were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) failed; the last one was {material}: {problem}</source>
        <translation>
            <numerusform>A run failed: {material}: {problem}</numerusform>
            <numerusform>%n runs failed; the last one was {material}: {problem}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) were discarded.</source>
        <translation>
            <numerusform>%n run was discarded.</numerusform>
            <numerusform>%n runs were discarded.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Discard %n run(s)</source>
        <translation>
            <numerusform>Discard %n run</numerusform>
            <numerusform>Discard %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>New in a watched folder: {names} and %n more.</source>
        <translation>
            <numerusform>New in a watched folder: {names} and %n more.</numerusform>
            <numerusform>New in a watched folder: {names} and %n more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Wrote %n file(s) to {folder}.</source>
        <translation>
            <numerusform>Wrote %n file to {folder}.</numerusform>
            <numerusform>Wrote %n files to {folder}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{file} and %n more file(s) are not in {folder} any more.</source>
        <translation>
            <numerusform>{file} and %n more file are not in {folder} any more.</numerusform>
            <numerusform>{file} and %n more files are not in {folder} any more.</numerusform>
        </translation>
    </message>
</context>
</TS>
